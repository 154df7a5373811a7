import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";

import { allauth } from "@/api/allauth";
import { Notice, Page, Query } from "@/design";

/** Opened from the link in an e-mail; the key stands after the #. */
export default function VerifyEmail(): ReactElement {
  const { t } = useTranslation("auth");
  const [key] = useState(() => decodeURIComponent(window.location.hash.slice(1)));
  const verified = useQuery({
    queryKey: ["verify-email", key],
    queryFn: async () => {
      await allauth.session();
      await allauth.verifyEmail(key);
      return true;
    },
    retry: false,
    staleTime: Infinity,
  });
  return (
    <Page title={t("verify.title")}>
      <Query query={verified}>
        {() => (
          <>
            <Notice live title={t("verify.done")} />
            <Button component={Link} to="/">
              {t("common:continue")}
            </Button>
          </>
        )}
      </Query>
    </Page>
  );
}
