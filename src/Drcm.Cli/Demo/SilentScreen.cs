using Drcm.Cli.Output;
using Drcm.StateMachine.Control;

namespace Drcm.Cli.Demo;

/// <summary>For <c>--json</c>.</summary>
internal sealed class SilentScreen : IDemoScreen
{
    public void Say(string sentence, Tone tone = Tone.Plain)
    {
    }

    public void Show(ClusterStatus status, IReadOnlyList<(string Node, bool IsOn)> hosts)
    {
    }
}
