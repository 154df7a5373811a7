import { DirectionProvider, localStorageColorSchemeManager, MantineProvider, useDirection } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { setNonce } from "get-nonce";
import { type ReactElement, type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";

import { ApiError } from "@/api/problems";
import { theme, variables } from "@/design";
import { directionOf } from "@/i18n";

const colorSchemes = localStorageColorSchemeManager({ key: "hf.theme" });

/** The nonce the server put into the page for the style elements that libraries write. */
const styleNonce = (): string =>
  document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";

// Dialogues stop the page behind them from scrolling by a style of their own.
setNonce(styleNonce());

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // Our reads fall back to the copy on this device; a paused query would never get there.
        networkMode: "always",
        staleTime: 15_000,
        retry: (count, error) => !(error instanceof ApiError) && count < 1,
        retryDelay: 1500,
      },
      mutations: { networkMode: "always" },
    },
  });
}

function FollowLanguage({ children }: { children: ReactNode }): ReactNode {
  const { i18n } = useTranslation();
  const { setDirection } = useDirection();
  useEffect(() => setDirection(directionOf(i18n.language)), [i18n.language, setDirection]);
  return children;
}

interface Props {
  client: QueryClient;
  children: ReactNode;
}

export function Providers({ client, children }: Props): ReactElement {
  return (
    <DirectionProvider initialDirection={document.dir === "rtl" ? "rtl" : "ltr"} detectDirection={false}>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={variables}
        colorSchemeManager={colorSchemes}
        defaultColorScheme="auto"
        getStyleNonce={styleNonce}
      >
        <QueryClientProvider client={client}>
          <FollowLanguage>{children}</FollowLanguage>
        </QueryClientProvider>
      </MantineProvider>
    </DirectionProvider>
  );
}
