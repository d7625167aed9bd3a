pragma ComponentBehavior: Bound
import QtQuick

// Writing: what stands, what the keys may mean, the keys, and other keys.
Page {
    id: writing

    readonly property int lines: Math.ceil(keyList.count / texts.columns)
    readonly property bool ready: texts.method === "phrases"
    readonly property real keyHigh: Math.max(Theme.key, Math.min(Theme.target * 1.3, (height - y) * 0.09))
    readonly property real bandHigh: Theme.key * (Theme.roomy ? 1.25 : 1)

    pageSaid: texts.pageSaid
    pages: texts.pages
    turned: texts.page

    KeysText {
        anchors.bottom: candidates.visible ? candidates.top : keys.top
        anchors.bottomMargin: Theme.gap
        anchors.top: parent.top
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

            delegate: BigButton {
                required control
                required argument
                required art
                required detail
                required property string title
                required property string said

                ground: Theme.tile
                height: writing.ready ? Math.max(Theme.target, implicitHeight) : writing.keyHigh
                ink: Theme.tileInk
                size: writing.texts.columns > 4 || writing.ready ? Theme.body : Theme.title
                spoken: said === "" ? title : said
                text: title
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
