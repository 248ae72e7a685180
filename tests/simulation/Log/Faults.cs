namespace Drcm.Simulation.Log;

/// <summary>One fault after the other, from the run's seed.</summary>
/// <param name="changes">Null: the members stay the same.</param>
internal sealed class Faults(Random random, SimNetwork network, IReadOnlyList<SimMember> members, History history, MemberChanges? changes)
{
    public async Task NextAsync(CancellationToken cancellationToken)
    {
        if (changes is not null && random.Next(2) == 0)
        {
            await changes.NextAsync();
        }

        var (a, b) = (Any(), Any());
        switch (random.Next(14))
        {
            case 0 or 1:
                history.Note($"{a.Name} does not reach {b.Name} any more");
                network.Between(a.Name, b.Name).IsCut = a != b;
                break;
            case 2 or 3:
                history.Note($"{a.Name} is cut off");
                foreach (var other in members.Where(m => m != a))
                {
                    network.Between(a.Name, other.Name).IsCut = true;
                    network.Between(other.Name, a.Name).IsCut = random.Next(4) > 0;
                }

                break;
            case 4 or 5 or 6:
                history.Note("the network is mended");
                network.Heal();
                break;
            case 7:
                history.Note("connections are reset");
                network.Reset(_ => random.Next(2) == 0);
                break;
            case 8 or 9:
                await CrashAsync(a, losesPower: random.Next(2) == 0);
                break;
            case 10:
                await LosePowerEverywhereAsync();
                break;
            case 11:
                if (members.FirstOrDefault(m => m.Log?.Leadership.IsSelf == true) is { Log: { } leading } leader)
                {
                    history.Note($"{leader.Name} resigns");
                    await IgnoringTheEndAsync(() => leading.ResignAsync(cancellationToken).AsTask());
                }

                break;
            case 12:
                await a.CompactAsync(cancellationToken);
                break;
            default:
                history.Note(a.Disk.IsFull ? $"{a.Name}'s disk has room again" : $"{a.Name}'s disk is full");
                a.Disk.IsFull = !a.Disk.IsFull;
                break;
        }

        if (random.Next(3) == 0)
        {
            foreach (var member in members.Where(m => m.Log is null))
            {
                history.Note($"{member.Name} starts");
                member.Disk.IsFull = false;
                await member.StartAsync();
            }
        }
    }

    private SimMember Any() => members[random.Next(members.Count)];

    private async Task CrashAsync(SimMember member, bool losesPower)
    {
        history.Note(losesPower ? $"{member.Name} loses power" : $"{member.Name} is killed");
        End(member, losesPower);
        await member.StopAsync();
    }

    private async Task LosePowerEverywhereAsync()
    {
        history.Note("all lose power");
        foreach (var member in members)
        {
            End(member, losesPower: true);
        }

        foreach (var member in members)
        {
            await member.StopAsync();
        }
    }

    /// <summary>Nothing that the process still does reaches the disk or the others.</summary>
    private void End(SimMember member, bool losesPower)
    {
        if (losesPower)
        {
            member.Disk.LosePower();
        }
        else
        {
            member.Disk.EndProcess();
        }

        network.Leave(member.Name);
    }

    private static async Task IgnoringTheEndAsync(Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // It went down meanwhile.
        }
    }
}
