import { render, screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { makeQueryClient, Providers } from "@/app/Providers";
import { startI18n } from "@/i18n";

import Dialog from "./Dialog";

describe("Dialog", () => {
  it("is named by its title and adds no second banner to the page", async () => {
    await startI18n();
    render(
      <Providers client={makeQueryClient()}>
        <Dialog opened title="Sign out?" confirm="Sign out" onConfirm={() => undefined} onClose={() => undefined} />
      </Providers>,
    );
    const dialog = await screen.findByRole("dialog", { name: "Sign out?" });
    const header = within(dialog).getByText("Sign out?").closest("header");
    expect(header).toHaveAttribute("role", "none");
    expect(within(dialog).queryByRole("banner")).toBeNull();
  });
});
