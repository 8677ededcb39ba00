import type { RefObject } from 'react'
import { useLanguage } from '../../i18n/LanguageProvider'
import { gridClipboard } from './clipboard'
import { headerHeight, rowHeight } from './geometry'
import styles from './ResultGrid.module.css'
import type { GridColumn } from './types'
import type { Grid } from './use_grid'
import type { GridEditor } from './use_grid_editor'

interface GridInputProps<R> {
  id: string
  input: RefObject<HTMLInputElement | null>
  grid: Grid
  editor: GridEditor
  column: GridColumn<R> | undefined
}

/**
 * The input over the active cell. It is transparent until something is typed and has the focus all the time, so that an
 * input method has somewhere to compose from the first key on; a read-only cell makes it read only.
 */
export function GridInput<R>({ id, input, grid, editor, column }: GridInputProps<R>) {
  const { t } = useLanguage()
  const { sheet, starts, widths, frozen, viewport } = grid
  const { active } = grid.selection
  const locked = !sheet.editable(active)
  const name = t('grid.cell', { row: active.row + 1, column: column?.title ?? '' })
  return (
    <input
      ref={input}
      className={styles.input}
      data-mode={editor.mode}
      data-align={column?.align}
      style={{
        top: headerHeight + active.row * rowHeight,
        left: (starts[active.column] ?? 0) + (active.column < frozen ? viewport.left : 0),
        width: widths[active.column],
        height: rowHeight,
      }}
      aria-label={locked ? `${name} (${t('grid.read_only')})` : name}
      aria-controls={`${id}-grid`}
      aria-activedescendant={sheet.size.rows > 0 ? `${id}-${active.row}-${active.column}` : undefined}
      aria-invalid={grid.fault(active) !== undefined}
      aria-describedby={`${id}-note`}
      readOnly={locked}
      autoComplete="off"
      spellCheck={false}
      value={editor.draft}
      onChange={(event) => editor.type(event.target.value)}
      onCompositionStart={() => editor.type(editor.draft)}
      onKeyDown={editor.onKeyDown}
      onBlur={() => editor.finish(true)}
      {...gridClipboard(grid, editor)}
    />
  )
}
