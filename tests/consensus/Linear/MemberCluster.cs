using Drcm.Simulation.Linear;
using Drcm.TestHosts;

namespace Drcm.Consensus.Tests.Linear;

/// <summary>Three members as processes on hosts of their own, with one client whose history is judged at the end.</summary>
internal sealed class MemberCluster : IAsyncDisposable
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private readonly TestNetwork _network;
    private readonly List<MemberHost> _members;
    private readonly Recorder _recorder = new();

    private MemberCluster(TestNetwork network) => (_network, _members) = (network, [.. network.Hosts.Select(h => new MemberHost(h))]);

    public static async Task<MemberCluster> StartAsync(Func<MemberHost, Task> mount, CancellationToken cancellationToken)
    {
        var cluster = new MemberCluster(await TestNetwork.CreateAsync(3, cancellationToken));
        try
        {
            foreach (var member in cluster._members)
            {
                await mount(member);
                await cluster.StartAsync(member, cancellationToken);
            }

            await cluster.AppendAsync(1, butNot: null, cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public Task StartAsync(MemberHost member, CancellationToken cancellationToken) => member.StartAsync(_members, "none", cancellationToken);

    public async Task<MemberHost> LeaderAsync(CancellationToken cancellationToken)
    {
        MemberHost? leader = null;
        await UntilAsync(() => (leader = _members.Find(m => m.IsRunning && m.SaysThatItLeads)) is not null, "a leader", cancellationToken);
        return leader!;
    }

    /// <summary>Acknowledged by members other than <paramref name="butNot"/>.</summary>
    public async Task AppendAsync(int count, MemberHost? butNot, CancellationToken cancellationToken)
    {
        await using var client = new LinearClient([.. _members.Where(m => m != butNot)], _recorder, seed: 1);
        using var deadline = Deadline(cancellationToken);
        for (; count > 0; count--)
        {
            await client.AppendAsync(deadline.Token);
        }
    }

    /// <summary>Appends with anybody until the member is as wanted.</summary>
    public async Task AppendUntilAsync(MemberHost member, Func<MemberHost, bool> condition, CancellationToken cancellationToken)
    {
        await using var client = new LinearClient(_members, _recorder, seed: 2);
        using var deadline = Deadline(cancellationToken);
        while (!condition(member))
        {
            Assert.False(deadline.IsCancellationRequested, $"it did not come to that: {member.Output}");
            await client.AppendAsync(deadline.Token);
        }
    }

    public Task UntilAsync(MemberHost member, Func<MemberHost, bool> condition, CancellationToken cancellationToken) =>
        UntilAsync(() => condition(member), member.Output, cancellationToken);

    /// <summary>Every member takes part and shows everything, in one order.</summary>
    public async Task AssertWholeAsync(CancellationToken cancellationToken)
    {
        await AppendAsync(1, butNot: null, cancellationToken);
        await using var client = new LinearClient(_members, _recorder, seed: 3);
        using var deadline = Deadline(cancellationToken);
        foreach (var member in Enumerable.Range(0, _members.Count))
        {
            try
            {
                await client.ReadAsync(member, deadline.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"{_members[member].Name} takes no part: {_members[member].Output}");
            }
        }

        Assert.Empty(HistoryChecker.Check(_recorder.History));
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_members.Select(m => m.KillAsync()));
        await _network.DisposeAsync();
    }

    private static async Task UntilAsync(Func<bool> condition, string what, CancellationToken cancellationToken)
    {
        using var deadline = Deadline(cancellationToken);
        while (!condition())
        {
            Assert.False(deadline.IsCancellationRequested, $"waited for in vain: {what}");
            await Task.Delay(Look, cancellationToken);
        }
    }

    private static CancellationTokenSource Deadline(CancellationToken cancellationToken)
    {
        var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(WaitMax);
        return deadline;
    }
}
