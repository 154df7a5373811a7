/** The screens of messages, by the names under which the router loads them. */
export { MessagesPage, ThreadPage } from "./MessagesPage";
