import QtQuick

// What one can do while help is under way.
Grid {
    id: choices

    required property var texts
    readonly property bool speaks: texts.speaks && !Theme.compact
    readonly property int shown: (speaks ? 2 : 0) + (texts.voice_again ? 1 : 0) + (texts.fine ? 1 : 0)
    readonly property real cell: columns === 1 ? width : (width - spacing) / 2

    columns: shown > 1 ? 2 : 1
    spacing: Theme.gap
    visible: shown > 0

    BigButton {
        control: "call-softer"
        ground: Theme.bar
        ink: Theme.barInk
        text: Kiosk.words.call.softer
        visible: choices.speaks
        width: choices.cell
    }

    BigButton {
        control: "call-louder"
        ground: Theme.bar
        ink: Theme.barInk
        text: Kiosk.words.call.louder
        visible: choices.speaks
        width: choices.cell
    }

    BigButton {
        id: again

        control: "sos-voice"
        ground: Theme.help
        height: Math.max(implicitHeight, fine.implicitHeight)
        ink: Theme.helpInk
        text: Kiosk.words.sos.voice_again
        visible: choices.texts.voice_again
        width: choices.cell
    }

    BigButton {
        id: fine

        control: "sos-fine"
        detail: Theme.compact ? "" : Kiosk.words.sos.fine_detail
        ground: Theme.bar
        height: Math.max(implicitHeight, choices.texts.voice_again ? again.implicitHeight : 0)
        ink: Theme.barInk
        text: Kiosk.words.sos.fine
        visible: choices.texts.fine
        width: choices.cell
    }
}
