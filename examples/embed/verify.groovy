String log = new File(basedir, "build.log").text
for (int unit = 0; unit < 8; unit++) {
    String expected = "unit " + unit + ": " + (unit < 4 ? "trained" : "untouched")
    if (unit >= 4 && !log.contains(expected)) {
        throw new AssertionError("expected '" + expected + "' in build.log")
    }
}
if (!(log =~ /unit [0-3]: trained/)) {
    throw new AssertionError("no unit of the first half was trained")
}
return true
