package dev.sluice.data.text.generated;

import java.util.List;

/** The words of the generated stories. */
final class StoryWords {
    private StoryWords() {}

    /** Topic: its two keywords, then its own nouns, each with adjectives and what it does. */
    static final String TOPICS =
            """
            forest: forest woods; tree tall,old creaked,swayed; owl wise,grey hooted,watched; \
            fox sly,red hid,listened; deer shy,brown listened,ran; mushroom round,spotted grew,hid; \
            moss soft,green grew,glowed
            sea: sea beach; boat little,white rocked,sailed; crab orange,quick pinched,dug; \
            whale huge,blue dived,sang; shell smooth,pink glittered,sank; wave high,cold rolled,broke; \
            gull loud,white cried,flew
            farm: farm barn; cow calm,brown mooed,chewed; hen fat,busy clucked,pecked; \
            horse strong,black trotted,snorted; tractor noisy,red rattled,stopped; \
            goat stubborn,old chewed,climbed; hay dry,yellow rustled,fell
            city: city street; bus crowded,long honked,stopped; tower tall,shiny gleamed,stood; \
            taxi yellow,fast honked,turned; pigeon grey,fat cooed,pecked; tram old,green rattled,squeaked; \
            market busy,loud opened,closed
            mountain: mountain valley; goatherd lonely,kind whistled,climbed; eagle proud,golden soared,watched; \
            snow deep,white melted,glittered; cave dark,cold echoed,dripped; path steep,narrow climbed,turned; \
            marmot shy,plump whistled,dug
            school: school classroom; teacher kind,strict smiled,wrote; pencil sharp,short broke,rolled; \
            pupil clever,quiet wrote,listened; blackboard clean,wide squeaked,stood; \
            globe round,old spun,stopped; lunch warm,late arrived,steamed
            kitchen: kitchen bakery; soup hot,thick bubbled,steamed; baker cheerful,tired whistled,kneaded; \
            bread fresh,crusty rose,steamed; kettle shiny,small whistled,boiled; pan heavy,black sizzled,rattled; \
            butter soft,yellow melted,spread
            desert: desert oasis; camel slow,patient chewed,trudged; lizard quick,striped darted,hid; \
            dune golden,high shifted,glowed; cactus spiky,green bloomed,stood; snake long,striped slid,hissed; \
            tent wide,white flapped,stood
            """;

    /** Nouns that occur with several topics, and mean something else in each. */
    static final List<String> SHARED =
            words(
                    "dog cat bird boy girl ball hat box cake book lamp stone flower bell chair coat"
                            + " drum kite rope spoon apple letter toy basket");

    /** What shared nouns may be. */
    static final List<String> ADJECTIVES =
            words(
                    "big new pretty funny broken clean dirty heavy light lost magic plain strange"
                            + " tiny wet young");

    /** What shared nouns may do. */
    static final List<String> VERBS =
            words(
                    "shone fell waited rolled moved slept jumped stopped turned smiled danced hid"
                            + " rested stood flew sang ran shook grew called played sank rose spun");

    static final List<String> NAMES =
            words(
                    "Anna Ben Clara David Emma Finn Grace Hugo Ida Jack Kate Leo Mia Noah Olga Paul"
                            + " Rosa Sam Tara Tom Una Vera Will Zoe");

    static final List<String> DAYS = words("sunny rainy windy quiet cloudy bright");

    static final List<Template> OPENINGS =
            Template.list(
                    """
                    Once {hero} was near the {place}.
                    Once upon a time {hero} lived near the {place}.
                    One day {hero} and {friend} went to the {place}.
                    It was a {day} day near the {place} and {hero} was there.
                    """);

    static final List<Template> SENTENCES =
            Template.list(
                    """
                    The {adjective} {noun} {verb}.
                    The {adjective} {noun} {verb} and {hero} liked it.
                    {hero} saw the {adjective} {noun}.
                    Then the {noun} {verb} near the {place}.
                    Near the {place} the {adjective} {noun} {verb}.
                    "Look at the {adjective} {noun}!" said {friend}.
                    {friend} found the {adjective} {noun} near the {place}.
                    {hero} and {friend} waited until the {noun} {verb}.
                    Soon the {noun} {verb} again.
                    Was the {noun} {adjective}? Yes, and it {verb}.
                    """);

    static final List<Template> ENDINGS =
            Template.list(
                    """
                    At last {hero} went home.
                    {hero} and {friend} were happy.
                    It was a good day.
                    "Good night," said {hero}.
                    """);

    static List<String> words(String line) {
        return List.of(line.split(" ", -1));
    }
}
