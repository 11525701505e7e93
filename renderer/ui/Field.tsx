import { Search } from 'lucide-react';
import { Input, Label, SearchField as AriaSearchField, Text, TextField as AriaTextField } from 'react-aria-components';

export interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly help?: string;
  readonly wrong?: string | undefined;
  readonly placeholder?: string;
  readonly type?: 'text' | 'password' | 'url' | 'number' | 'time' | 'datetime-local';
  readonly autoFocus?: boolean;
  readonly isRequired?: boolean;
  readonly isReadOnly?: boolean;
  readonly onBlur?: () => void;
}

/** A labelled line of text, with help or what is wrong below it. */
export function TextField({
  label,
  value,
  onChange,
  help,
  wrong,
  placeholder,
  type = 'text',
  ...props
}: TextFieldProps) {
  const isWrong = wrong !== undefined && wrong !== '';
  return (
    <AriaTextField
      {...props}
      className="field"
      type={type}
      value={value}
      onChange={onChange}
      isInvalid={isWrong}
      validationBehavior="aria"
      autoComplete="off"
      spellCheck="false"
    >
      <Label>{label}</Label>
      <Input className="input" {...(placeholder !== undefined && { placeholder })} />
      {isWrong ? (
        <Text slot="description" className="wrong">
          {wrong}
        </Text>
      ) : help === undefined ? null : (
        <Text slot="description" className="help">
          {help}
        </Text>
      )}
    </AriaTextField>
  );
}

/** Narrows a list down while one types; Escape empties it. */
export function SearchField({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  return (
    <AriaSearchField className="search" aria-label={label} value={value} onChange={onChange}>
      <Search className="icon" aria-hidden />
      <Input className="input" data-small="" placeholder={label} />
    </AriaSearchField>
  );
}
