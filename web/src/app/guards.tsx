import { Navigate, useLocation } from "@tanstack/react-router";
import { type ReactElement, type ReactNode, use } from "react";

import { ActiveContext, homeOf, useMe } from "@/api/session";
import { Loading } from "@/design";

import { isPerson } from "./navigation";

/** Lets only signed-in people through; the others come back here after logging in. */
export function SignedIn({ children }: { children: ReactNode }): ReactNode {
  const me = useMe();
  const active = use(ActiveContext);
  const path = useLocation({ select: (location) => location.pathname });
  if (me.isPending) return <Loading />;
  if (active === null) {
    // The frame learns who is acting a moment after the account itself is known.
    if (me.data && me.data.memberships.length > 0) return <Loading />;
    if (me.data) return <Navigate to="/join" />;
    if (me.isError) return null;
    return <Navigate to="/login" search={{ next: path }} />;
  }
  return children;
}

/** Lets through people with a record of their own. */
export function OwnRecord({ children }: { children: ReactNode }): ReactNode {
  return (
    <SignedIn>
      <PersonOnly>{children}</PersonOnly>
    </SignedIn>
  );
}

function PersonOnly({ children }: { children: ReactNode }): ReactNode {
  const active = use(ActiveContext);
  if (active === null) return null;
  if (!isPerson(active.roles) || active.clientId === null) return <Navigate to={homeOf(active)} />;
  return children;
}

/** The address without a path: welcome for a visitor, the right first screen for everybody else. */
export function Home({ welcome }: { welcome: ReactElement }): ReactNode {
  const me = useMe();
  const active = use(ActiveContext);
  if (me.isPending) return <Loading />;
  if (active !== null) return <Navigate to={homeOf(active)} />;
  return welcome;
}
