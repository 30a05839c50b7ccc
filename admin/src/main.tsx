import { render } from "preact";
import { LookContext } from "../../ui/look.ts";
import { FailureBoundary } from "../../ui/parts/FailurePanel.tsx";
import { NoticesContext } from "../../ui/parts/Notices.tsx";
import "../../ui/theme/index.css";
import { createDesk, DeskContext } from "./desk.ts";
import { Console } from "./screens/Console.tsx";
import "./styles/parts.css";
import "./styles/console.css";
import "./styles/sign-in.css";
import "./styles/wall.css";
import "./styles/showtime.css";
import "./styles/sale.css";

const root = document.getElementById("app");
const desk = createDesk();
const restart = () => location.reload();

if (root !== null)
  render(
    <FailureBoundary onRestart={restart}>
      <LookContext.Provider value={desk.look}>
        <NoticesContext.Provider value={desk.notices}>
          <DeskContext.Provider value={desk}>
            <Console />
          </DeskContext.Provider>
        </NoticesContext.Provider>
      </LookContext.Provider>
    </FailureBoundary>,
    root,
  );
void desk.start();
