// First of all: what strings may become in this page.
import "./app/trusted";

import "@fontsource-variable/figtree/wght.css";
import "@fontsource-variable/noto-sans-arabic/wght.css";
import "./design/mantine.css";
import "./design/tokens.css";
import "./design/base.css";

import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { makeQueryClient, Providers } from "./app/Providers";
import { router } from "./app/router";
import { startBackground } from "./app/background";
import { reloadAfterUpdate } from "./app/reload";
import { startI18n } from "./i18n";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no element with the id root");
const client = makeQueryClient();

// First of all: the first screen's own files may be gone already.
reloadAfterUpdate();
await startI18n();
createRoot(root).render(
  <StrictMode>
    <Providers client={client}>
      <RouterProvider router={router} />
    </Providers>
  </StrictMode>,
);
startBackground(client, (path) => void router.navigate({ to: path }));
