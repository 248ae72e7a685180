using Drcm.Consensus.Engines.InMemory;

namespace Drcm.Consensus.Tests.Support;

internal sealed class InMemoryLogCluster : ILogCluster
{
    private static readonly string[] Names = ["a", "b", "c"];
    private readonly HashSet<string> _running = [.. Names];

    public InMemoryCluster Shared { get; } = new(Names);

    public IReadOnlyCollection<string> Running => _running;

    public IReplicatedLog this[string name] => Shared.Member(name);

    public static async Task<InMemoryLogCluster> StartAsync(CancellationToken cancellationToken)
    {
        var cluster = new InMemoryLogCluster();
        foreach (var name in Names)
        {
            await cluster[name].StartAsync(cancellationToken);
        }

        cluster.Shared.Elect(Names[0]);
        return cluster;
    }

    public async Task StopAsync(string name)
    {
        var led = this[name].Leadership.IsSelf;
        _running.Remove(name);
        await this[name].DisposeAsync();
        if (led)
        {
            Shared.LoseLeader();
            Shared.Elect(_running.Order(StringComparer.Ordinal).First());
        }
    }

    public async Task RestartAsync(string name, CancellationToken cancellationToken)
    {
        await Shared.RestartAsync(name);
        await this[name].StartAsync(cancellationToken);
        _running.Add(name);
    }

    public async Task<LogMember> StartNodeAsync(string name, CancellationToken cancellationToken)
    {
        await Shared.AddLearner(name).StartAsync(cancellationToken);
        _running.Add(name);
        return InMemoryCluster.Voter(name);
    }

    public void LoseNextAppend() => Shared.FailNextAppend(AppendFault.Lose);

    public async ValueTask DisposeAsync()
    {
        foreach (var name in _running)
        {
            await this[name].DisposeAsync();
        }
    }
}
