using Drcm.Cli.Output;
using Drcm.StateMachine.Control;

namespace Drcm.Cli.Demo;

/// <summary>Where the story is told: a live table, plain lines, or nowhere.</summary>
internal interface IDemoScreen
{
    void Say(string sentence, Tone tone = Tone.Plain);

    /// <param name="hosts">Each node of the cluster and whether its host is on.</param>
    void Show(ClusterStatus status, IReadOnlyList<(string Node, bool IsOn)> hosts);
}
