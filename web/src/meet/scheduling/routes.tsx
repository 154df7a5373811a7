/** Staff's screens of appointments, by the names under which the router loads them. */
export { AgendaPage } from "./Agenda";
export { AttendancePage } from "./Attendance";
export { HoursPage } from "./Hours";
export { OfferedPage } from "./Offered";
