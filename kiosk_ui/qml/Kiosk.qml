pragma Singleton
import QtQuick

// What is shown, filled by Python, and what was touched, heard by Python.
QtObject {
    property var words: ({})
    property var page: ({})
    property string language
    property bool large
    property bool contrast
    property bool low
    property bool atHome: true
    property bool begun
    property string speech: "never"
    property int countdown: -1
    property string countdownSaid

    signal pressed(control: string, argument: string)
}
