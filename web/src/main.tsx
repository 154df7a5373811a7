import "@fontsource-variable/figtree/wght.css";
import "@fontsource-variable/noto-sans-arabic/wght.css";
import "@mantine/core/styles.layer.css";
import "./design/tokens.css";
import "./design/base.css";

import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { makeQueryClient, Providers } from "./app/Providers";
import { router } from "./app/router";
import { startBackground } from "./app/background";
import { startI18n } from "./i18n";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no element with the id root");
const client = makeQueryClient();

await startI18n();
createRoot(root).render(
  <StrictMode>
    <Providers client={client}>
      <RouterProvider router={router} />
    </Providers>
  </StrictMode>,
);
startBackground(client);
