import { Check, ChevronsUpDown, Minus } from 'lucide-react';
import type { ReactNode } from 'react';
import {
  Button,
  CheckboxButton,
  CheckboxField,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  RadioButton,
  RadioField,
  RadioGroup,
  Select as AriaSelect,
  SelectValue,
} from 'react-aria-components';

export interface Option<V extends string> {
  readonly value: V;
  readonly title: string;
  readonly help?: string;
}

interface ChoiceProps<V extends string> {
  readonly label: string;
  readonly value: V;
  readonly options: readonly Option<V>[];
  readonly onChange: (value: V) => void;
}

/** A few choices, each with a sentence that says what it means. */
export function Choices<V extends string>({ label, value, options, onChange }: ChoiceProps<V>) {
  return (
    <RadioGroup className="choices" aria-label={label} value={value} onChange={(chosen) => onChange(chosen as V)}>
      {options.map((option) => (
        <RadioField key={option.value} value={option.value}>
          <RadioButton className="choice">
            <span className="dot" aria-hidden />
            <span>
              <span className="title">{option.title}</span>
              {option.help === undefined ? null : <span className="help">{option.help}</span>}
            </span>
          </RadioButton>
        </RadioField>
      ))}
    </RadioGroup>
  );
}

/** A few short choices side by side. */
export function Segments<V extends string>({ label, value, options, onChange }: ChoiceProps<V>) {
  return (
    <RadioGroup
      className="segments"
      orientation="horizontal"
      aria-label={label}
      value={value}
      onChange={(chosen) => onChange(chosen as V)}
    >
      {options.map((option) => (
        <RadioField key={option.value} value={option.value}>
          <RadioButton className="segment">{option.title}</RadioButton>
        </RadioField>
      ))}
    </RadioGroup>
  );
}

/** One of many, in a list that opens. */
export function Select<V extends string>({
  label,
  value,
  options,
  onChange,
  placeholder,
}: Omit<ChoiceProps<V>, 'value'> & { readonly value: V | undefined; readonly placeholder?: string }) {
  return (
    <AriaSelect
      className="field"
      value={value ?? null}
      onChange={(chosen) => {
        if (chosen !== null) onChange(chosen as V);
      }}
      {...(placeholder !== undefined && { placeholder })}
    >
      <Label>{label}</Label>
      <Button className="select-button">
        <SelectValue className="ellipsis" />
        <ChevronsUpDown className="icon" aria-hidden />
      </Button>
      <Popover className="popover" offset={4}>
        <ListBox className="list-box" items={options.map((option) => ({ ...option, id: option.value }))}>
          {(option) => (
            <ListBoxItem id={option.id} textValue={option.title} className="menu-item">
              {({ isSelected }) => (
                <>
                  <span className="ellipsis">{option.title}</span>
                  {isSelected ? <Check className="icon tick" aria-hidden /> : null}
                </>
              )}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}

export function Checkbox({
  isSelected,
  isIndeterminate = false,
  isDisabled = false,
  onChange,
  children,
}: {
  readonly isSelected: boolean;
  /** Neither the one nor the other: some of what it stands for. */
  readonly isIndeterminate?: boolean;
  readonly isDisabled?: boolean;
  readonly onChange: (isSelected: boolean) => void;
  readonly children: ReactNode;
}) {
  return (
    <CheckboxField
      isSelected={isSelected}
      isIndeterminate={isIndeterminate}
      isDisabled={isDisabled}
      onChange={onChange}
    >
      <CheckboxButton className="check">
        <span className="box" aria-hidden>
          {isIndeterminate ? <Minus /> : <Check />}
        </span>
        <span>{children}</span>
      </CheckboxButton>
    </CheckboxField>
  );
}
