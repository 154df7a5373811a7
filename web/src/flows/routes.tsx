/** The companion's exercises and settings, by the names under which the router loads them. */
export { CompanionSettingsPage } from "./CompanionSettings";
export { FlowPage } from "./FlowPage";
export { FlowsPage } from "./FlowsPage";
