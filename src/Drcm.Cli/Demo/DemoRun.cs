using System.Runtime.InteropServices;
using System.Text.Json;
using Drcm.Cli.Connection;
using Drcm.Cli.Output;

namespace Drcm.Cli.Demo;

/// <summary>One demo from the first file to the last: whatever happens, its processes end and its directory goes.</summary>
internal static class DemoRun
{
    private static readonly TimeSpan ShowInterval = TimeSpan.FromMilliseconds(100);

    public static async Task<int> RunAsync(DemoOptions options, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            ended.Cancel();
        });
        var result = options.IsJson ? await TellAsync(options, new SilentScreen(), ended.Token)
            : Terminal.IsPerson ? await LiveScreen.RunAsync(screen => TellAsync(options, screen, ended.Token))
            : await TellAsync(options, new PlainScreen(Console.Out), ended.Token);
        if (options.IsJson) Console.Out.WriteLine(JsonSerializer.Serialize(result, DemoJson.Default.DemoResult));
        if (result.Ok) return ExitCodes.Success;
        if (ended.IsCancellationRequested)
        {
            Console.Error.WriteLine("drcm demo: interrupted; its daemons are ended and its directory is removed");
            return ExitCodes.Interrupted;
        }
        Console.Error.WriteLine($"drcm demo: {result.Problem}");
        return ExitCodes.Failed;
    }

    private static async Task<DemoResult> TellAsync(DemoOptions options, IDemoScreen screen, CancellationToken cancellationToken)
    {
        try
        {
            var daemon = DaemonProgram.Find();
            var directory = DemoDirectory.Create();
            DemoPlan plan;
            try
            {
                plan = DemoPlan.Of(options, directory);
                directory.Write(plan);
            }
            catch (Exception e) when (e is DemoFailure or IOException or UnauthorizedAccessException)
            {
                directory.Remove();
                throw;
            }
            using var cluster = new DemoCluster(plan, directory, daemon, options.KeepsDirectory);
            return await TellAsync(new DemoStory(plan, directory, cluster, options, screen), cluster, options, screen, directory, cancellationToken);
        }
        catch (Exception e) when (e is DemoFailure or IOException or UnauthorizedAccessException)
        {
            return new DemoFigures().Result(e.Message, TimeSpan.Zero);
        }
    }

    private static async Task<DemoResult> TellAsync(
        DemoStory story, DemoCluster cluster, DemoOptions options, IDemoScreen screen, DemoDirectory directory, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var show = screen is LiveScreen ? ShowAsync(cluster, screen, over.Token) : Task.CompletedTask;
        string? problem = null;
        try
        {
            await story.TellAsync(cancellationToken);
        }
        catch (Exception e) when (e is DemoFailure or ControlException)
        {
            problem = e.Message;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            problem = "interrupted";
        }
        await over.CancelAsync();
        await show;
        var overlap = cluster.Observer.LongestOverlap;
        var result = story.Figures.Result(problem, overlap);
        if (problem is null && overlap > TimeSpan.Zero)
        {
            result = result with { Ok = false, Problem = $"an exclusive resource was seen on two nodes for {result.OverlapMs} ms" };
        }
        if (problem is null) Conclude(result, cluster, screen);
        if (options.KeepsDirectory) screen.Say($"kept for a look: {directory.Path}");
        return result;
    }

    private static void Conclude(DemoResult result, DemoCluster cluster, IDemoScreen screen)
    {
        screen.Say(
            result.OverlapMs > 0
                ? result.Problem!
                : $"no exclusive resource was ever seen on two nodes, in {cluster.Observer.Looks} looks from outside",
            result.OverlapMs > 0 ? Tone.Bad : Tone.Good);
        screen.Say($"{result.Events} events tell it in the log; {result.LeaderChanges} leader changes; the daemons end now");
    }

    private static async Task ShowAsync(DemoCluster cluster, IDemoScreen screen, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                if (await cluster.LookAsync(cancellationToken) is { } status) screen.Show(status, cluster.Switches);
                await Task.Delay(ShowInterval, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The story is over: the last picture stays.
        }
    }
}
