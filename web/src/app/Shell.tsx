import { Button } from "@mantine/core";
import { IconLifebuoy } from "@tabler/icons-react";
import { Link, Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { type ReactElement, type ReactNode, Suspense, lazy, useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";

import { ActiveContext, type Active, useMe } from "@/api/session";
import type { Me, Role } from "@/api/types";
import { ErrorState, Loading } from "@/design";
import { useStoppedEscalation } from "@/notify/useEscalating";
import { useOnline } from "@/queue/online";

import { Brand } from "./Brand";
import { ADMIN_PAGES, destinations, isCurrent, isDense } from "./navigation";
import { Preferences } from "./Preferences";
import { QuickExit } from "./QuickExit";
import { useSetting, writeSetting } from "./settings";
import "./shell.css";

const PracticePicker = lazy(() => import("./PracticePicker"));
const ReturnBanner = lazy(() => import("@/meet/rooms/ReturnBanner"));
const StoppedBanner = lazy(() => import("@/notify/StoppedBanner"));

/** Who meets others in visits. */
const MEETING: readonly Role[] = ["client", "clinician", "prescriber"];

/** The membership acted under: the chosen practice's, the person's own record first. */
function activeOf(me: Me, chosen: string | null): Active | null {
  const first = me.memberships[0];
  if (first === undefined) return null;
  const practiceId = me.memberships.some((each) => each.practice.id === chosen)
    ? chosen
    : first.practice.id;
  const here = me.memberships.filter((each) => each.practice.id === practiceId);
  const membership = here.find((each) => each.client_id !== null) ?? here[0] ?? first;
  const practices = [...new Map(me.memberships.map((m) => [m.practice.id, m.practice])).values()];
  return {
    me,
    practice: membership.practice,
    membership,
    roles: new Set<Role>(here.map((each) => each.role)),
    clientId: membership.client_id,
    practices,
    setPractice: (id) => writeSetting("practice", id),
  };
}

function useShortcuts(active: Active | null): void {
  const navigate = useNavigate();
  useEffect(() => {
    if (active === null) return undefined;
    const byKey = new Map(
      destinations(active.roles).flatMap((each) =>
        each.shortcut === undefined ? [] : [[each.shortcut, each.to] as const],
      ),
    );
    let armed = false;
    const onKey = (event: KeyboardEvent): void => {
      const target = event.target as HTMLElement | null;
      const typing = target?.closest("input, textarea, select, [contenteditable=true]");
      if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
      if (armed) {
        armed = false;
        const to = byKey.get(event.key.toLowerCase());
        if (to !== undefined) {
          event.preventDefault();
          void navigate({ to });
        }
        return;
      }
      armed = event.key.toLowerCase() === "g";
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [active, navigate]);
}

function Navigation({ active, path }: { active: Active; path: string }): ReactElement {
  const { t } = useTranslation("common");
  const list = useRef<HTMLUListElement>(null);
  // A narrow bar that holds many places is moved along to the one that is open.
  useEffect(() => {
    const current = list.current?.querySelector<HTMLElement>("[aria-current]");
    const bar = list.current;
    if (!current || !bar || bar.scrollWidth <= bar.clientWidth) return;
    current.scrollIntoView({ block: "nearest", inline: "center", behavior: "instant" });
  });
  return (
    <nav className="hf-shell-nav" aria-label={t("nav.label")}>
      <ul ref={list}>
        {destinations(active.roles).map((each) => {
          const Icon = each.icon;
          return (
            <li key={each.to}>
              <Link to={each.to} aria-current={isCurrent(each, path) ? "page" : undefined}>
                <span className="hf-nav-icon">
                  <Icon size={24} stroke={1.7} aria-hidden />
                </span>
                <span>{t(each.key)}</span>
                {each.shortcut === undefined ? null : (
                  <kbd className="hf-nav-key" aria-hidden>
                    g {each.shortcut}
                  </kbd>
                )}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

/** On a phone the row of pages scrolls: the one that is open is brought into it. */
const bringIntoTheRow = (link: HTMLAnchorElement | null): void =>
  link?.scrollIntoView?.({ block: "nearest", inline: "nearest" });

function AdminNavigation({ path }: { path: string }): ReactElement {
  const { t } = useTranslation("common");
  return (
    <nav className="hf-subnav" aria-label={t("nav.practice")}>
      <ul>
        {ADMIN_PAGES.map((page) => (
          <li key={page.to}>
            <Link
              to={page.to}
              ref={path === page.to ? bringIntoTheRow : undefined}
              aria-current={path === page.to ? "page" : undefined}
            >
              {t(page.key)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

interface FrameProps {
  active: Active | null;
  children: ReactNode;
}

/** The frame around every screen: skip link, name, language, quick exit, navigation. */
export function Frame({ active, children }: FrameProps): ReactElement {
  const { t } = useTranslation("common");
  const path = useLocation({ select: (location) => location.pathname });
  const online = useOnline();
  const dense = active !== null && isDense(path);
  const hasNav = active !== null;
  const staff = active !== null && [...active.roles].some((role) => role !== "client");
  const stopped = useStoppedEscalation(active?.me.id, staff);
  const meets = active !== null && MEETING.some((role) => active.roles.has(role));
  useShortcuts(active);
  return (
    <div className="hf-shell" data-nav={hasNav ? "yes" : "no"} data-density={dense ? "dense" : "roomy"}>
      <a className="hf-skip" href="#main">
        {t("skip")}
      </a>
      <header className="hf-shell-top">
        <Brand quiet={!hasNav} />
        {active === null || active.practices.length < 2 ? null : (
          <Suspense>
            <PracticePicker active={active} />
          </Suspense>
        )}
        <div className="hf-spacer" />
        {hasNav ? null : (
          <Button
            component={Link}
            to="/help"
            variant="light"
            leftSection={<IconLifebuoy size={20} aria-hidden />}
          >
            {t("nav.help")}
          </Button>
        )}
        <Preferences />
        <QuickExit />
        {online ? null : (
          <p className="hf-offline" role="status">
            {t("offline")}
          </p>
        )}
      </header>
      {active === null ? null : <Navigation active={active} path={path} />}
      <main id="main" className="hf-shell-main" tabIndex={-1}>
        {stopped === null ? null : (
          <Suspense>
            <StoppedBanner status={stopped} staff={staff} />
          </Suspense>
        )}
        {meets && !path.startsWith("/visits/") && !path.startsWith("/group-room/") ? (
          <Suspense>
            <ReturnBanner practice={active.practice.id} />
          </Suspense>
        ) : null}
        {active !== null && path.startsWith("/admin") ? <AdminNavigation path={path} /> : null}
        <Suspense fallback={<Loading />}>{children}</Suspense>
      </main>
    </div>
  );
}

/** The root: puts the frame round the routes and tells them who is acting, if anyone is. */
export function Shell(): ReactElement {
  const me = useMe();
  const chosen = useSetting("practice");
  const active = useMemo(() => (me.data ? activeOf(me.data, chosen) : null), [me.data, chosen]);
  return (
    <ActiveContext value={active}>
      <Frame active={active}>
        {me.isError && me.data === undefined ? (
          <ErrorState error={me.error} retry={() => void me.refetch()} />
        ) : null}
        <Outlet />
      </Frame>
    </ActiveContext>
  );
}
