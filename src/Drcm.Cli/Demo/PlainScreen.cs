using System.Diagnostics;
using System.Globalization;
using Drcm.Cli.Output;
using Drcm.StateMachine.Control;

namespace Drcm.Cli.Demo;

/// <summary>One line for each sentence, with the seconds since the start.</summary>
internal sealed class PlainScreen(TextWriter output) : IDemoScreen
{
    private readonly long _started = Stopwatch.GetTimestamp();

    public void Say(string sentence, Tone tone = Tone.Plain)
    {
        var seconds = Stopwatch.GetElapsedTime(_started).TotalSeconds;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seconds,7:0.000} s  {sentence}"));
        output.Flush();
    }

    public void Show(ClusterStatus status, IReadOnlyList<(string Node, bool IsOn)> hosts)
    {
    }
}
