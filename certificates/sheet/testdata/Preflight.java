import java.io.File;
import org.apache.pdfbox.preflight.ValidationResult;
import org.apache.pdfbox.preflight.parser.PreflightParser;

/** Checks files against PDF/A-1b and prints what is wrong with each; ends with 1 when one is not valid. */
public class Preflight {
    public static void main(String[] files) throws Exception {
        boolean valid = true;
        for (String file : files) {
            PreflightParser parser = new PreflightParser(new File(file));
            parser.parse();
            try (var document = parser.getPreflightDocument()) {
                document.validate();
                ValidationResult result = document.getResult();
                System.out.println(file + " valid=" + result.isValid());
                for (ValidationResult.ValidationError e : result.getErrorsList()) {
                    System.out.println("  " + e.getErrorCode() + " " + e.getDetails());
                }
                valid &= result.isValid();
            }
        }
        System.exit(valid ? 0 : 1);
    }
}
