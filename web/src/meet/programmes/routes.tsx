/** Staff's screens of programmes, by the names under which the router loads them. */
export { GroupPage } from "./Group";
export { ChangeGroupPage, NewGroupPage } from "./GroupForm";
export { GroupsPage } from "./Groups";
