using Drcm.Cli.Output;
using Drcm.StateMachine.Control;

namespace Drcm.Cli.Events;

/// <summary>One event as one line for people, in local time.</summary>
internal static class EventText
{
    public static string Line(EventLine line, bool inColour) =>
        EventSentence.Of(line, TimeText.Exact(line.At), inColour ? name => Painted(name, ToneOf(line)) : null);

    /// <summary>What an eye that runs over the screen has to catch.</summary>
    public static Tone ToneOf(EventLine line) => line switch
    {
        { IsEffective: false } or { Event: EventLines.GapName } => Tone.Faint,
        { Event: "node.down" or "resource.unknown" or "quorum.solo_entered" } => Tone.Bad,
        { Event: "resource.failed" or "node.standby" or "node.fenced" or "cron.missed" or "cron.interrupted" or "maintenance.entered" or "slot.revoked" } => Tone.Warn,
        { Event: "node.up" or "resource.started" or "node.activated" or "maintenance.left" } => Tone.Good,
        _ => Tone.Plain,
    };

    private static string Painted(string text, Tone tone) => tone switch
    {
        Tone.Plain => text,
        Tone.Good => $"\e[32m{text}\e[0m",
        Tone.Warn => $"\e[33m{text}\e[0m",
        Tone.Bad => $"\e[1;31m{text}\e[0m",
        Tone.Faint => $"\e[2m{text}\e[0m",
    };
}
