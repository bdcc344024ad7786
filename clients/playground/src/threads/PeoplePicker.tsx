import { useId, useRef, useState, type KeyboardEvent } from "react";

import { Icon } from "../ui/Icon";
import { peopleName, type People } from "./people";
import { useUsers } from "./useUsers";

interface PeoplePickerProps {
  readonly people: People;
  readonly onPick: (people: People) => void;
}

/** Whose threads are listed: everyone's, those of nobody, or a user's. A name that owns no thread yet may be typed. */
export function PeoplePicker({ people, onPick }: PeoplePickerProps) {
  const [isOpen, setOpen] = useState(false);
  const [opened, setOpened] = useState(0);
  const [text, setText] = useState("");
  const [marked, setMarked] = useState(0);
  const { users, hasMore, loadMore } = useUsers(opened);
  const popover = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const options = optionsFor(users ?? [], text.trim());
  const at = Math.min(marked, options.length - 1);

  const pick = (option: People | undefined) => {
    if (!option) return;
    onPick(option);
    popover.current?.hidePopover();
    button.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter") pick(options[at]);
    else if (step !== undefined) setMarked((at + step + options.length) % options.length);
    else return;
    event.preventDefault();
  };

  return (
    <>
      <button
        ref={button}
        className="people"
        type="button"
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        popoverTarget={`${id}p`}
      >
        <Avatar people={people} />
        <span className="people__name">
          <span className="unseen">Threads of </span>
          {peopleName(people)}
        </span>
        <Icon name="chevron" />
      </button>
      <div
        ref={popover}
        id={`${id}p`}
        className="picker"
        popover="auto"
        role="dialog"
        aria-label="Whose threads"
        onToggle={(event) => {
          const shown = event.newState === "open";
          setOpen(shown);
          if (!shown) return;
          const box = button.current?.getBoundingClientRect();
          if (box && popover.current) {
            popover.current.style.top = `${box.bottom + 4}px`;
            popover.current.style.left = `${box.left}px`;
            popover.current.style.width = `${box.width}px`;
          }
          setOpened((count) => count + 1);
          setText("");
          setMarked(0);
          popover.current?.querySelector("input")?.focus();
        }}
      >
        <input
          className="picker__input"
          role="combobox"
          aria-label="Find a user"
          aria-controls={`${id}l`}
          aria-expanded
          aria-activedescendant={`${id}-${at}`}
          autoComplete="off"
          spellCheck={false}
          placeholder="Find or name a user"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setMarked(0);
          }}
          onKeyDown={onKeyDown}
        />
        <ul className="picker__list" id={`${id}l`} role="listbox" aria-label="Users">
          {options.map((option, index) => (
            <li
              key={`${option.kind} ${peopleName(option)}`}
              id={`${id}-${index}`}
              className="picker__option"
              role="option"
              aria-selected={index === at}
              data-current={isSame(option, people) || undefined}
              ref={index === at ? (node) => node?.scrollIntoView({ block: "nearest" }) : null}
              onPointerMove={() => setMarked(index)}
              onClick={() => pick(option)}
            >
              <Avatar people={option} />
              <span className="people__name">{peopleName(option)}</span>
              {option.kind === "user" && users !== null && !users.includes(option.userId) && <small>new</small>}
            </li>
          ))}
        </ul>
        {hasMore && (
          <button className="quiet-button" type="button" onClick={loadMore}>
            Show more users
          </button>
        )}
      </div>
    </>
  );
}

function optionsFor(users: readonly string[], text: string): readonly People[] {
  const words = text.toLowerCase();
  const found = users
    .filter((user) => user.toLowerCase().includes(words))
    .map((userId): People => ({ kind: "user", userId }));
  if (text === "") return [{ kind: "everyone" }, { kind: "anonymous" }, ...found];
  return users.includes(text) ? found : [...found, { kind: "user", userId: text }];
}

function isSame(one: People, other: People): boolean {
  return one.kind === other.kind && peopleName(one) === peopleName(other);
}

function Avatar({ people }: { readonly people: People }) {
  if (people.kind !== "user") {
    return (
      <span className="avatar" aria-hidden="true">
        <Icon name="person" />
      </span>
    );
  }
  return (
    <span className="avatar avatar--named" aria-hidden="true">
      {[...people.userId][0]?.toUpperCase()}
    </span>
  );
}
