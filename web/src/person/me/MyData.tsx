import type { ReactElement } from "react";

import { Deletion } from "@/leaving/Deletion";
import { Export } from "@/leaving/Export";

/** Taking everything along, and having everything deleted. */
export default function MyData(): ReactElement {
  return (
    <>
      <Export />
      <Deletion />
    </>
  );
}
