import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { type ComponentType, lazy, type ReactElement, type ReactNode } from "react";

import { ErrorState, Loading } from "@/design";

import { Home, OwnRecord, SignedIn } from "./guards";
import { NotFound } from "./NotFound";
import { Shell } from "./Shell";

const Welcome = lazy(() => import("@/auth/Welcome"));

const rootRoute = createRootRoute({ component: Shell, notFoundComponent: NotFound });

type Guard = (props: { children: ReactNode }) => ReactNode;

const guarded =
  (Wrapper: Guard, Screen: ComponentType): (() => ReactElement) =>
  // Named so that a developer's tree shows which screen a guard holds.
  function Guarded() {
    return (
      <Wrapper>
        <Screen />
      </Wrapper>
    );
  };

const clinician = () => import("@/clinician/routes");
const flows = () => import("@/flows/routes");
const appointments = () => import("@/meet/scheduling/routes");
const programmes = () => import("@/meet/programmes/routes");
const messages = () => import("@/meet/messages/routes");
const admin = () => import("@/admin/routes");

/** A screen anyone may open. */
const open = (path: string, load: () => Promise<{ default: ComponentType }>) =>
  createRoute({ getParentRoute: () => rootRoute, path, component: lazyRouteComponent(load) });

/** A screen of a person with a record of their own. */
const own = (path: string, load: () => Promise<{ default: ComponentType }>) =>
  createRoute({
    getParentRoute: () => rootRoute,
    path,
    component: guarded(OwnRecord, lazy(load)),
  });

/** A screen of anybody signed in; what it may show is the server's to say. */
const member = (path: string, load: () => Promise<ComponentType>) =>
  createRoute({
    getParentRoute: () => rootRoute,
    path,
    component: guarded(SignedIn, lazy(async () => ({ default: await load() }))),
  });

const routeTree = rootRoute.addChildren([
  createRoute({
    getParentRoute: () => rootRoute,
    path: "/",
    component: () => <Home welcome={<Welcome />} />,
  }),
  open("/login", () => import("@/auth/Login")),
  open("/signed-in", () => import("@/auth/Returned")),
  open("/register", () => import("@/auth/Register")),
  open("/recover", () => import("@/auth/Recover")),
  open("/join", () => import("@/auth/Join")),
  open("/verify-email", () => import("@/auth/VerifyEmail")),
  open("/receipt", () => import("@/leaving/Receipt")),
  open("/l", () => import("@/links/LinkPage")),
  open("/help", () => import("@/safety/HelpNow")),
  open("/protocol", () => import("@/companion/Protocol")),
  own("/today", () => import("@/person/Today")),
  own("/companion", () => import("@/companion/Companion")),
  own("/check-in/$assignment", () => import("@/person/checkin/CheckIn")),
  own("/after/$response", () => import("@/person/After")),
  own("/assessment", () => import("@/person/assessment/Assessment")),
  own("/assessment/answer", () => import("@/person/assessment/Answer")),
  own("/assessment/$assessment", () => import("@/person/assessment/Report")),
  own("/assessment/$assessment/doctor", () => import("@/person/assessment/DoctorReport")),
  own("/progress", () => import("@/person/Progress")),
  own("/flags-status", () => import("@/person/FlagsStatus")),
  own("/safety-plan", () => import("@/person/SafetyPlan")),
  own("/appointments", () => import("@/meet/scheduling/Appointments")),
  own("/appointments/book", () => import("@/meet/scheduling/Book")),
  own("/appointments/$appointment", () => import("@/meet/scheduling/Book")),
  own("/find", () => import("@/meet/matching/Find")),
  own("/programmes", () => import("@/meet/programmes/Programmes")),
  own("/programmes/$programme", () => import("@/meet/programmes/Programme")),
  own("/peers", () => import("@/meet/peers/PeersPage")),
  own("/peers/$chat", () => import("@/meet/peers/ChatPage")),
  own("/listen", () => import("@/meet/peers/ListenPage")),
  own("/me", () => import("@/person/Me")),
  own("/me/$section", () => import("@/person/MeSection")),
  member("/messages", async () => (await messages()).MessagesPage),
  member("/messages/$thread", async () => (await messages()).ThreadPage),
  member("/security", async () => (await import("@/auth/Security")).default),
  member("/notifications", async () => (await import("@/notify/NotificationsPage")).default),
  member("/calendars", async () => (await import("@/meet/calendars/CalendarPage")).default),
  member("/research", async () => (await import("@/auth/Research")).default),
  member("/caseload", async () => (await clinician()).CaseloadPage),
  member("/people/$clientId", async () => (await clinician()).PersonPage),
  member("/people/$clientId/assessment/$assessment", async () => (await import("@/clinician/AssessmentReport")).default),
  member("/visits/$clientId/$encounterId", async () => (await import("@/meet/rooms/VisitPage")).default),
  member("/visits/$clientId/$encounterId/note", async () => (await import("@/meet/rooms/NotePage")).default),
  member("/agenda/statistics", async () => (await appointments()).AttendancePage),
  member("/group-room/$appointment", async () => (await import("@/meet/rooms/group/GroupPage")).default),
  member("/agenda", async () => (await appointments()).AgendaPage),
  member("/agenda/hours", async () => (await appointments()).HoursPage),
  member("/groups", async () => (await programmes()).GroupsPage),
  member("/groups/new", async () => (await programmes()).NewGroupPage),
  member("/groups/$programme", async () => (await programmes()).GroupPage),
  member("/groups/$programme/change", async () => (await programmes()).ChangeGroupPage),
  member("/worklist", async () => (await clinician()).WorklistPage),
  member("/worklist/$flagId", async () => (await clinician()).FlagPage),
  member("/offer", async () => (await import("@/meet/matching/Offering")).default),
  member("/admin/peers", async () => (await import("@/meet/peers/Moderation")).default),
  member("/admin/licences", async () => (await import("@/meet/matching/LicenceChecks")).default),
  member("/flows", async () => (await flows()).FlowsPage),
  member("/flows/$flow", async () => (await flows()).FlowPage),
  member("/admin/companion", async () => (await flows()).CompanionSettingsPage),
  member("/admin/people", async () => (await admin()).PeoplePage),
  member("/admin/invitations", async () => (await admin()).InvitationsPage),
  member("/admin/hours", async () => (await admin()).HoursPage),
  member("/admin/appointments", async () => (await appointments()).OfferedPage),
  member("/admin/billing", async () => (await import("@/meet/billing/TermsPage")).default),
  member("/admin/on-call", async () => (await admin()).OnCallPage),
  member("/admin/lines", async () => (await admin()).LinesPage),
  member("/admin/instruments", async () => (await admin()).InstrumentsPage),
  member("/admin/go-live", async () => (await admin()).GoLivePage),
  member("/admin/practice", async () => (await admin()).PracticePage),
  member("/admin/leaving", async () => (await admin()).LeavingPage),
  member("/admin/audit", async () => (await admin()).AuditPage),
]);

export const router = createRouter({
  routeTree,
  defaultPendingComponent: Loading,
  defaultErrorComponent: ({ error, reset }) => <ErrorState error={error} retry={reset} />,
  defaultNotFoundComponent: NotFound,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
