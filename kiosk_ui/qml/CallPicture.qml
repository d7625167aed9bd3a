import QtQuick

// What both ways to show a picture have in common.
Item {
    property string path
    property bool mirrored
    property bool shows
}
