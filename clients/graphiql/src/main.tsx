import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import "./page.css";

import { GraphiQL } from "graphiql";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { askForCredential } from "./credential";
import { exampleTabs } from "./examples";
import { fetcher } from "./fetcher";
import { KeyDialog } from "./KeyDialog";

const root = document.getElementById("root");
if (!root) throw new Error("The page has no #root element");

createRoot(root).render(
  <StrictMode>
    <GraphiQL fetcher={fetcher} defaultTabs={exampleTabs} defaultEditorToolsVisibility="variables">
      <GraphiQL.Logo>
        <a className="weft-logo" href="/">
          Weft chat
        </a>
        <button type="button" className="weft-key-button" onClick={() => void askForCredential("changed")}>
          Key
        </button>
      </GraphiQL.Logo>
    </GraphiQL>
    <KeyDialog />
  </StrictMode>,
);
