pragma ComponentBehavior: Bound
import QtQuick

// Other keys, and the end of writing.
Row {
    id: ways

    required property var texts
    required property real high
    readonly property int count: texts.methods.length
    readonly property real cell: (width - count * spacing) / (count + 1.4)

    spacing: Theme.gap

    Repeater {
        model: ways.texts.methods

        delegate: KeysKey {
            required property string modelData
            required property int index
            readonly property bool on: ways.texts.method === modelData

            argument: modelData
            control: "keys-method"
            ground: on ? Theme.barOn : Theme.bar
            height: ways.high
            ink: on ? Theme.barOnInk : Theme.barInk
            size: Theme.label
            spoken: title
            title: ways.texts.methodsSaid[index]
            width: ways.cell
        }
    }

    KeysKey {
        control: "keys-done"
        ground: Theme.help
        height: ways.high
        ink: Theme.helpInk
        size: Theme.body
        spoken: title
        title: ways.texts.done
        width: ways.cell * 1.4
    }
}
