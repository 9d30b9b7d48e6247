import java.io.*;
import java.nio.file.*;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.*;
import org.verapdf.pdfa.results.*;
import org.verapdf.pdfa.validation.profiles.*;
import org.verapdf.pdfa.validation.validators.ValidatorFactory;

/** Prints for each file and profile "FILE PROFILE pass" or "FILE PROFILE fail", then each broken clause. */
class Check {
    public static void main(String[] files) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        for (String name : new String[] {"PDFA-3A", "PDFUA-1"}) {
            ValidationProfile profile;
            try (InputStream xml = Check.class.getResourceAsStream("/org/verapdf/pdfa/validation/" + name + ".xml")) {
                profile = Profiles.profileFromXml(xml);
            }
            for (String file : files) {
                try (PDFAParser parser = Foundries.defaultInstance().createParser(new FileInputStream(file), profile.getPDFAFlavour())) {
                    PDFAValidator validator = ValidatorFactory.createValidator(profile, 100, false, true, false);
                    ValidationResult result = validator.validate(parser);
                    System.out.println(Path.of(file).getFileName() + "\t" + name + "\t" + (result.isCompliant() ? "pass" : "fail"));
                    for (TestAssertion each : result.getTestAssertions()) {
                        System.out.println("\t" + each.getRuleId().getClause() + "-" + each.getRuleId().getTestNumber() + "\t" + each.getMessage());
                    }
                }
            }
        }
    }
}
