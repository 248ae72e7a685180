using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Drcm.Cli.Connection;
using Drcm.StateMachine.Control;
using Drcm.StateMachine.Events;

namespace Drcm.Cli.Auth;

/// <summary><c>drcm auth rotate</c>: a new auth key on every live node, without downtime.</summary>
internal static class RotateCommand
{
    private const int DefaultTimeout = 60;
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(200);

    public static Command Create()
    {
        var daemon = new SocketArguments();
        var json = CommonOptions.Json();
        var timeout = new Option<int>("--timeout")
        {
            Description = "seconds to wait; the rotation goes on by itself afterwards, and asking again shows how far it is",
            HelpName = "SECONDS",
            DefaultValueFactory = _ => DefaultTimeout,
        };
        var command = new Command(
            "rotate",
            "replace the auth key on all live nodes while the cluster runs: every node takes the new key and accepts both, then all send the new one, "
            + "then all refuse the old one; each step waits for every live node. Nodes that are down need the new key file by hand")
        {
            timeout, json,
        };
        daemon.AddTo(command);
        command.SetBody(async (parsed, cancellationToken) =>
            await RunAsync(daemon.Client(parsed), TimeSpan.FromSeconds(parsed.GetValue(timeout)), parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ControlClient client, TimeSpan timeout, bool asJson, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var progress = await client.RotateKeyAsync(cancellationToken);
        var wanted = progress.Fingerprint;
        SortedSet<string> leftOut = new(progress.LeftOut, StringComparer.Ordinal);
        if (!asJson) Console.Out.WriteLine($"new key  SHA256:{wanted}");
        KeyStep? said = null;
        while (progress.Step != KeyStep.Done)
        {
            if (!asJson && said != progress.Step) Console.Out.WriteLine(Sentence(progress.Step));
            said = progress.Step;
            if (Stopwatch.GetElapsedTime(started) > timeout) return GiveUp(progress, timeout, asJson);
            await Task.Delay(LookInterval, cancellationToken);
            progress = await LookAsync(client, progress, cancellationToken);
            leftOut.UnionWith(progress.LeftOut);
        }
        if (progress.Fingerprint != wanted)
        {
            throw new ControlException("the leader changed before the rotation had begun, nothing is changed", "ask again", ExitCodes.Failed);
        }
        if (asJson) Console.Out.WriteLine(JsonSerializer.Serialize(progress with { LeftOut = [.. leftOut] }, ControlJson.Default.KeyProgress));
        else Console.Out.WriteLine("done     the old key is refused");
        foreach (var node in leftOut)
        {
            Console.Error.WriteLine($"drcm: {node} was not up and does not have the new key: copy .auth/authkey of a node that is up to it (scp -p), then start drcmd there");
        }
        return ExitCodes.Success;
    }

    /// <summary>While the leadership moves, nobody can tell: as before.</summary>
    private static async Task<KeyProgress> LookAsync(ControlClient client, KeyProgress before, CancellationToken cancellationToken)
    {
        try
        {
            return await client.KeyProgressAsync(cancellationToken);
        }
        catch (ControlException)
        {
            return before;
        }
    }

    private static int GiveUp(KeyProgress progress, TimeSpan timeout, bool asJson)
    {
        if (asJson) Console.Out.WriteLine(JsonSerializer.Serialize(progress, ControlJson.Default.KeyProgress));
        Console.Error.WriteLine($"drcm: not over after {timeout.TotalSeconds:0} s; it goes on by itself, drcm auth rotate shows how far it is");
        foreach (var waiting in progress.WaitingFor) Console.Error.WriteLine($"drcm: it waits for {waiting}");
        return ExitCodes.Failed;
    }

    private static string Sentence(KeyStep step) => step switch
    {
        KeyStep.None => "take     every live node takes the new key",
        KeyStep.AcceptBoth => "accept   every live node accepts both keys",
        KeyStep.SendNew => "send     every live node sends the new key",
        KeyStep.RetireOld => "retire   every live node forgets the old key",
        _ => $"{step}",
    };
}
