using Drcm.TestHosts;

namespace Drcm.Simulation.Linear;

/// <summary>One run: fresh members as processes on hosts of their own, clients, faults, repair, and the judgement of the history.</summary>
internal sealed class LinearRun(TestNetwork network, int seed, TimeSpan duration, string breakName)
{
    private const int Clients = 10;
    private const int DiskMegabytes = 64;

    /// <summary>After everything is repaired; some forty times what is expected.</summary>
    private static readonly TimeSpan ProgressMax = TimeSpan.FromSeconds(60);

    /// <summary>What the last fault and the repair may take beyond the run's duration.</summary>
    private static readonly TimeSpan HarmMax = TimeSpan.FromSeconds(60);
    private readonly List<MemberHost> _members = [.. network.Hosts.Select(h => new MemberHost(h))];
    private readonly List<string> _violations = [];

    public Recorder Recorder { get; } = new();

    public IReadOnlyList<string> Violations => _violations;

    public int Deaths => _members.Sum(m => m.Deaths);

    /// <summary>What the members said last, for people.</summary>
    public IEnumerable<string> LastWords => _members.SelectMany(m => m.Output.Split('\n').TakeLast(12).Select(l => $"{m.Name}: {l}"));

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var member in _members)
            {
                await member.MountAsync(DiskMegabytes, cancellationToken);
                await member.StartAsync(_members, breakName, cancellationToken);
            }

            if (await ProgressAsync("after the start", cancellationToken))
            {
                await HarmAsync(cancellationToken).WaitAsync(duration + HarmMax, cancellationToken);
                await ProgressAsync("after everything was repaired", cancellationToken);
            }
        }
        catch (TimeoutException)
        {
            _violations.Add("the faults or the clients did not come to an end");
        }
        finally
        {
            await Task.WhenAll(_members.Select(m => m.KillAsync()));
        }

        if (Deaths > 0)
        {
            _violations.Add($"{Deaths} members ended by themselves");
        }
    }

    private async Task HarmAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stop.CancelAfter(duration);
        var clients = Enumerable.Range(0, Clients).Select(n => new LinearClient(_members, Recorder, seed * 100 + n)).ToList();
        var running = clients.Select(c => Task.Run(() => c.RunAsync(stop.Token), CancellationToken.None)).ToList();
        await new Nemesis(network, _members, Recorder, breakName, seed).RunAsync(stop.Token);
        await Task.WhenAll(running);
        foreach (var client in clients)
        {
            await client.DisposeAsync();
        }
    }

    /// <summary>An append is acknowledged and every member has it: the last reads that the judgement needs.</summary>
    private async Task<bool> ProgressAsync(string when, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(ProgressMax);
        await using var client = new LinearClient(_members, Recorder, seed);
        try
        {
            await client.AppendAsync(deadline.Token);
            Recorder.Note($"an append is acknowledged {when}");
            for (var member = 0; member < _members.Count; member++)
            {
                await client.ReadAsync(member, deadline.Token);
                Recorder.Note($"{_members[member].Name} is read {when}");
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            _violations.Add($"no progress on all members within {ProgressMax.TotalSeconds:0} s {when}");
            return false;
        }

        _violations.AddRange(HistoryChecker.Check(Recorder.History));
        return true;
    }
}
