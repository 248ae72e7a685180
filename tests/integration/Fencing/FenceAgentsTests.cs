using Drcm.Integration.Tests.Scripts;
using Drcm.Node.Fencing;
using Drcm.Node.Scripts;
using Drcm.StateMachine;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Decisions;
using Xunit;

namespace Drcm.Integration.Tests.Fencing;

/// <summary>Real agents, as shell programs that speak the interface.</summary>
public sealed class FenceAgentsTests : IDisposable
{
    /// <summary>Reads its options, and switches a file off.</summary>
    private const string Honest = """
        #!/bin/sh
        while read -r line; do
            echo "$line" >> "$0.heard"
            case $line in action=*) action=${line#action=} ;; esac
        done
        case $action in
            off) rm -f "$0.power" ;;
            reboot) echo again > "$0.power" ;;
            status) test -e "$0.power" || exit 2 ;;
        esac
        """;

    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Off_HonestAgent_GetsItsOptionsAndSwitchesOff()
    {
        var agent = Agent(Honest);
        await File.WriteAllTextAsync(agent + ".power", "on", Test);

        Assert.Equal("", await FenceAsync(agent, reboots: false, "ip=10.0.0.9", "password=hush"));

        Assert.False(File.Exists(agent + ".power"));
        Assert.Equal(
            ["ip=10.0.0.9", "password=hush", "nodename=n3", "action=off", "ip=10.0.0.9", "password=hush", "nodename=n3", "action=status"],
            await File.ReadAllLinesAsync(agent + ".heard", Test));
    }

    [Fact]
    public async Task Reboot_HonestAgent_IsBelieved()
    {
        var agent = Agent(Honest);

        Assert.Equal("", await FenceAsync(agent, reboots: true));

        Assert.Equal("again\n", await File.ReadAllTextAsync(agent + ".power", Test));
    }

    [Fact]
    public async Task Off_AgentThatLies_ItsOwnStatusContradictsIt()
    {
        var agent = Agent("#!/bin/sh\nexit 0\n");

        Assert.Contains("its status is on", await FenceAsync(agent, reboots: false), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Off_AgentThatFails_SaysWhyWithoutSecrets()
    {
        var agent = Agent("#!/bin/sh\ncat > /dev/null\necho 'login of admin with hush failed' >&2\nexit 1\n");

        var why = await FenceAsync(agent, reboots: false, "password=hush");

        Assert.Contains("login of admin with *** failed", why, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Off_AgentThatHangsAndIgnoresTerm_EndsWhenTheCallerGivesUp()
    {
        using var patience = new CancellationTokenSource();
        var agent = Agent("#!/bin/sh\ntrap '' TERM\ntouch \"$0.started\"\nwhile :; do sleep 600; done\n");
        var fencing = FenceAsync(agent, reboots: false, patience.Token);
        while (!File.Exists(agent + ".started")) await Task.Delay(5, Test);

        await patience.CancelAsync();

        Assert.Contains("killed", await fencing, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Off_AgentThatIsMissing_NamesIt() =>
        Assert.Equal("the agent fence_nowhere is not installed on n1", await FenceAsync("fence_nowhere", reboots: false));

    private string Agent(string text) => _directory.Write("fence_test", text, isProgram: true);

    private static Task<string> FenceAsync(string agent, bool reboots, params string[] options) => FenceAsync(agent, reboots, Test, options);

    private static Task<string> FenceAsync(string agent, bool reboots, CancellationToken cancellationToken, params string[] options)
    {
        var agents = new FenceAgents(new NodeId("n1"), new ScriptRunner(new ScriptRunnerOptions { Grace = TimeSpan.FromMilliseconds(200) }));
        var definition = new FenceDefinition(agent, [.. options], reboots, TimeSpan.Zero);
        return agents.FenceAsync(new FenceStep(new NodeId("n3"), definition, "the test wants it"), cancellationToken);
    }
}
