pragma ComponentBehavior: Bound
import QtQuick

// Two rows of at most four, as wide as their words need, and a key for the next page.
Item {
    id: band

    required property var texts
    required property real high

    implicitHeight: 2 * high + Theme.gap

    Column {
        spacing: Theme.gap
        width: parent.width - more.width - Theme.gap

        Repeater {
            model: 2

            delegate: Row {
                id: line

                required property int index
                readonly property int from: index * band.texts.upper
                readonly property var words: band.texts.candidates.slice(from, index === 0 ? band.texts.upper : undefined)
                readonly property real signs: words.reduce((all, word) => all + Math.max(2, word.length), 0)

                height: band.high
                spacing: Theme.gap
                width: parent.width

                Repeater {
                    model: line.words

                    delegate: KeysKey {
                        required property string modelData
                        required property int index

                        argument: String(line.from + index)
                        control: "keys-choose"
                        height: band.high
                        spoken: modelData
                        title: modelData
                        width: Math.floor((line.width - (line.words.length - 1) * Theme.gap) * Math.max(2, modelData.length) / Math.max(8, line.signs))
                    }
                }
            }
        }
    }

    KeysKey {
        id: more

        anchors.right: parent.right
        art: "next"
        control: "keys-more"
        enabled: band.texts.more
        ground: Theme.bar
        height: band.implicitHeight
        ink: Theme.barInk
        spoken: Kiosk.words.bar.next
        width: Math.max(Theme.key, band.high)
    }
}
