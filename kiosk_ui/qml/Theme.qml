pragma Singleton
import QtQuick

// Sizes in pixels and colours, filled by Python from kiosk_ui/theme.py.
QtObject {
    property bool contrast
    property int body: 1
    property int small: 1
    property int label: 1
    property int title: 1
    property int target
    property int key
    property int gap
    property int side
    property int edge
    property int radius
    property bool tall
    property bool low
    property bool roomy
    property bool compact
    property int entries: 1
    property int tiles: 1
    property int columns: 1

    property color ground
    property color ink
    property color muted
    property color tile
    property color tileInk
    property color tileMuted
    property color tileEdge
    property color tileDown
    property color tileDownInk
    property color off
    property color offInk
    property color bar
    property color barInk
    property color barOn
    property color barOnInk
    property color help
    property color helpInk
    property color sos
    property color sosInk
    property color accent
    property color accentInk
    property color good
    property color warn
}
