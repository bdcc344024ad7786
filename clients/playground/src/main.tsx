import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/forms.css";
import "./styles/sidebar.css";
import "./styles/layout.css";
import "./styles/people.css";
import "./styles/threads.css";
import "./styles/messages.css";
import "./styles/states.css";
import "./styles/tools.css";
import "./styles/actions.css";
import "./styles/composer.css";
import "./styles/overlays.css";
import "./styles/pane.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./App";

const root = document.getElementById("root");
if (!root) throw new Error("The page has no #root element");

createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
