using Drcm.TestHosts;

namespace Drcm.Simulation.Linear;

/// <summary>Does harm, mostly to the member that leads, and repairs it again; one or two things at a time.</summary>
internal sealed class Nemesis(TestNetwork network, IReadOnlyList<MemberHost> members, Recorder recorder, string breakName, int seed)
{
    private readonly Random _random = new(seed);

    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await Task.Delay(100 + _random.Next(1400), stop);
                await (_random.Next(4) == 0 ? TwiceAsync(stop) : HarmAsync(Victim(), stop));
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Enough.
        }

        await RepairAsync();
    }

    /// <summary>Everything runs, is connected, and has room.</summary>
    private async Task RepairAsync()
    {
        await network.HealAsync(CancellationToken.None);
        foreach (var member in members)
        {
            member.Thaw();
            await member.EmptyDiskAsync(CancellationToken.None);
            if (!member.IsRunning)
            {
                await member.StartAsync(members, breakName, CancellationToken.None);
            }
        }

        recorder.Note("everything is repaired");
    }

    /// <summary>A second fault while the first one lasts, on a member of its own.</summary>
    private Task TwiceAsync(CancellationToken stop)
    {
        var first = Victim();
        var second = members.First(m => m != first);
        return Task.WhenAll(HarmAsync(first, stop), HarmAsync(second, stop));
    }

    private async Task HarmAsync(MemberHost victim, CancellationToken stop)
    {
        var duration = TimeSpan.FromMilliseconds(200 + _random.Next(2300));
        switch (_random.Next(7))
        {
            case 0:
                recorder.Fault("kill", victim.Name);
                await victim.KillAsync();
                await Task.Delay(duration / 2, stop);
                await RestartAsync(victim);
                break;
            case 1:
                recorder.Fault("kill all", "");
                await Task.WhenAll(members.Select(m => m.KillAsync()));
                await Task.WhenAll(members.Select(RestartAsync));
                break;
            case 2:
                recorder.Fault("freeze", victim.Name);
                victim.Freeze();
                await Task.Delay(duration, stop);
                victim.Thaw();
                break;
            case 3:
                recorder.Fault("cut off", victim.Name);
                await network.PartitionAsync([victim.Host], members.Where(m => m != victim).Select(m => m.Host), stop);
                await Task.Delay(duration, stop);
                await victim.Host.RestoreLinkAsync(stop);
                break;
            case 4:
                var direction = _random.Next(2) == 0 ? LinkDirection.FromHost : LinkDirection.ToHost;
                recorder.Fault($"cut one way ({direction})", victim.Name);
                await victim.Host.CutLinkAsync(direction, stop);
                await Task.Delay(duration, stop);
                await victim.Host.RestoreLinkAsync(stop);
                break;
            case 5:
                recorder.Fault("lose frames", victim.Name);
                await victim.Host.LoseFramesAsync(10 + _random.Next(40), stop);
                await Task.Delay(duration, stop);
                await victim.Host.RestoreLinkAsync(stop);
                break;
            default:
                recorder.Fault("fill the disk", victim.Name);
                await victim.FillDiskAsync(stop);
                await Task.Delay(duration, stop);
                await victim.EmptyDiskAsync(stop);
                break;
        }

        recorder.Note($"{victim.Name} is repaired");
    }

    /// <summary>Not cancelled half-way: a member is started once.</summary>
    private async Task RestartAsync(MemberHost member)
    {
        await member.EmptyDiskAsync(CancellationToken.None);
        if (!member.IsRunning)
        {
            await member.StartAsync(members, breakName, CancellationToken.None);
        }
    }

    /// <summary>The leader more often than not: it is who can do wrong.</summary>
    private MemberHost Victim()
    {
        var leader = members.FirstOrDefault(m => m.IsRunning && m.SaysThatItLeads);
        return leader is not null && _random.Next(3) > 0 ? leader : members[_random.Next(members.Count)];
    }
}
