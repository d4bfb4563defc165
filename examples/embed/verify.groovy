String log = new File(basedir, "build.log").text
(0..7).each { unit ->
    String expected = "unit ${unit}: " + (unit < 4 ? "trained" : "untouched")
    assert log.contains(expected): "expected '${expected}' in build.log"
}
return true
