import EPUArchive
import EPUCore

/// The table of the overexposed micrographs, which the script fills.
extension SessionPage {
    var tableSection: HTML {
        """
        <section id="overexposed" class="scripted"><h2>Overexposed micrographs</h2>
        <p class="faint" id="over-basis"></p>
        <div class="bar on-screen of-rows">
        <label>Filter <input type="search" id="over-filter" placeholder="words of a row"></label>
        <label>Cause <select id="over-cause"><option value="">all</option></select></label>
        <label>Incident <select id="over-incident"><option value="">all</option></select></label>
        <output id="over-shown" for="over-filter over-cause over-incident"></output>
        </div>
        <div id="over-rows" class="rows of-rows" tabindex="0" role="region" aria-label="Overexposed micrographs"></div>
        <p id="over-more"></p>
        <div class="bar on-screen">
        <button type="button" id="save-csv">Save as CSV</button>
        <button type="button" id="save-bad">Save the list of bad ones</button>
        <button type="button" id="save-keep">Save the list to keep</button>
        <button type="button" id="copy-names">Copy names</button>
        <button type="button" id="save-marks">Save marks</button>
        <output id="marks-count"></output>
        </div>
        <div class="bar on-screen of-rows" role="group" aria-label="Mark the chosen rows">
        <label>Mark the chosen rows, because <input id="mark-reason" placeholder="a reason, if you like"></label>
        <button type="button" data-mark="keep">Keep</button>
        <button type="button" data-mark="bad">Bad</button>
        <button type="button" data-mark="clear">Take back</button>
        </div>
        <div id="marks-help" class="on-screen" hidden><p class="faint">A mark outweighs the analysis in both lists. To store what you \
        saved in the archive, in the folder of the file:</p>
        <pre class="command" id="marks-command">\(basis.commands.review("\(choice.session.folderName)_marks.txt"))</pre></div>
        <p class="faint on-screen">The lists have one name a line; what was not judged is in neither. For lists with the paths of your \
        movies, as rsync takes them: <code>\(basis.commands.lists)</code></p>
        </section>
        """
    }
}
