import { PrinterOutlined } from '@ant-design/icons'
import { useMutation } from '@tanstack/react-query'
import { Button } from 'antd'
import type { NamedFile } from '../api/client'
import { ErrorNotice } from './ErrorNotice'
import styles from './PaperButtons.module.css'
import { saveFile } from './save_file'

/** A paper that the server prints from its records. */
export interface Paper {
  label: string
  print: () => Promise<NamedFile>
}

/** Buttons that fetch papers, and below them why one could not be printed. */
export function PaperButtons({ papers }: { papers: readonly Paper[] }) {
  const printing = useMutation({ mutationFn: async ({ print }: Paper) => saveFile(await print()) })
  return (
    <>
      <div className={styles.row}>
        {papers.map((paper) => (
          <Button
            key={paper.label}
            icon={<PrinterOutlined aria-hidden />}
            loading={printing.isPending && printing.variables.label === paper.label}
            onClick={() => printing.mutate(paper)}
          >
            {paper.label}
          </Button>
        ))}
      </div>
      {printing.error && (
        <div className={styles.notice}>
          <ErrorNotice problem={printing.error} />
        </div>
      )}
    </>
  )
}
