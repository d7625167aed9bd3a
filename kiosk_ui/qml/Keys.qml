pragma ComponentBehavior: Bound
import QtQuick

// Writing: what stands, what the keys may mean, the keys, and other keys.
Page {
    id: writing

    readonly property int lines: Math.max(1, Math.ceil(keyList.count / texts.columns))
    readonly property bool ready: texts.method === "phrases"
    // All ways of writing share one area, so that nothing jumps; its keys are never smaller than a key.
    readonly property real area: Theme.low ? Math.min(Theme.target * 5, height - roomTop - 3 * bandHigh - 3 * Theme.gap) : Theme.roomy ? Theme.target * 5 : 4 * Theme.key + 3 * Theme.gap
    readonly property real keyHigh: Math.max(Theme.key, Math.min(Theme.target * 1.8, (area - (lines - 1) * Theme.gap) / lines))
    readonly property real bandHigh: Theme.key * (Theme.tall ? 1.25 : 1)

    pageSaid: texts.pageSaid
    pages: texts.pages
    turned: texts.page

    KeysText {
        anchors.bottom: candidates.visible ? candidates.top : keys.top
        anchors.bottomMargin: Theme.gap
        anchors.top: parent.top
        anchors.topMargin: Theme.low ? writing.headBottom - writing.roomTop + Theme.gap : 0
        texts: writing.texts
        width: parent.width
    }

    KeysCandidates {
        id: candidates

        anchors.bottom: keys.top
        anchors.bottomMargin: Theme.gap
        high: writing.bandHigh
        texts: writing.texts
        visible: writing.texts.choosing
        width: parent.width
    }

    Grid {
        id: keys

        anchors.bottom: ways.top
        anchors.bottomMargin: Theme.gap
        columns: writing.texts.columns
        spacing: Theme.gap
        width: parent.width

        Repeater {
            id: keyList

            model: writing.rows

            delegate: KeysKey {
                required control
                required argument
                required art
                required detail
                required title
                required property string said

                height: writing.ready ? Math.min(writing.keyHigh, Theme.target * 1.4) : writing.keyHigh
                size: writing.texts.columns > 4 || writing.ready ? Theme.body : Theme.title
                spoken: said === "" ? title : said
                width: (keys.width - (keys.columns - 1) * Theme.gap) / keys.columns
            }
        }
    }

    KeysWays {
        id: ways

        anchors.bottom: parent.bottom
        high: writing.bandHigh
        texts: writing.texts
        width: parent.width
    }
}
