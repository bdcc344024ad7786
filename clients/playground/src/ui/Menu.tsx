import { useId, useLayoutEffect, useRef, useState, type KeyboardEvent } from "react";

import { Icon, type IconName } from "./Icon";

export interface MenuItem {
  readonly label: string;
  readonly icon: IconName;
  readonly onSelect: () => void;
  readonly isAlarming?: boolean;
}

interface MenuProps {
  /** What the button is called. */
  readonly label: string;
  readonly items: readonly MenuItem[];
  readonly className?: string;
}

const GAP = 4;
const EDGE = 8;

/** A button with a menu, in the browser's top layer, so that no scrolling list cuts it off. A closed one has no items. */
export function Menu({ label, items, className = "icon-button" }: MenuProps) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);
  useLayoutEffect(() => {
    if (!isOpen || !button.current || !list.current) return;
    place(list.current, button.current);
    list.current.querySelector<HTMLElement>("[role=menuitem]")?.focus();
  }, [isOpen]);
  const close = () => {
    list.current?.hidePopover();
    button.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Tab") return list.current?.hidePopover();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const all = [...(list.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    all[(at + step + all.length) % all.length]?.focus();
  };
  return (
    <>
      <button
        ref={button}
        className={className}
        type="button"
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        popoverTarget={id}
      >
        <Icon name="more" />
      </button>
      <div
        ref={list}
        id={id}
        className="menu"
        popover="auto"
        role="menu"
        aria-label={label}
        onKeyDown={onKeyDown}
        onToggle={(event) => setOpen(event.newState === "open")}
      >
        {isOpen &&
          items.map(({ label: name, icon, onSelect, isAlarming }) => (
            <button
              key={name}
              className={isAlarming ? "menu__item menu__item--alarm" : "menu__item"}
              type="button"
              role="menuitem"
              tabIndex={-1}
              onClick={() => {
                close();
                onSelect();
              }}
            >
              <Icon name={icon} />
              {name}
            </button>
          ))}
      </div>
    </>
  );
}

/** Below the button and within the window, or above it where there is no room below. */
export function place(list: HTMLElement, button: HTMLElement): void {
  const at = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = list;
  const below = at.bottom + GAP + height + EDGE <= window.innerHeight;
  const left = Math.min(Math.max(EDGE, at.right - width), window.innerWidth - width - EDGE);
  list.style.left = `${left}px`;
  list.style.top = `${below ? at.bottom + GAP : Math.max(EDGE, at.top - GAP - height)}px`;
}
