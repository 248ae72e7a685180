using System.Collections.Immutable;
using System.Text.Json;
using Drcm.Consensus;
using Drcm.Consensus.Transport;
using Drcm.Node.Loop;
using Drcm.StateMachine;
using Drcm.StateMachine.Control;
using Drcm.StateMachine.Decisions;
using Drcm.StateMachine.Nodes;

namespace Drcm.Node.Commands;

/// <summary>Brings an operator's command to the leader, wherever that is, and its fate back. A command whose fate is unknown is looked for in the log.</summary>
internal sealed class CommandDesk
{
    /// <summary>Of <see cref="IPeerRequests"/>: a command on its way to the leader.</summary>
    public const byte RequestKind = 16;

    /// <summary>A leader that is just elected, or just going, is asked again after this long.</summary>
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(50);

    private readonly string _self;
    private readonly IReplicatedLog _log;
    private readonly IPeerRequests _peers;
    private readonly NodeLoop _loop;

    public CommandDesk(string self, IReplicatedLog log, IPeerRequests peers, NodeLoop loop)
    {
        (_self, _log, _peers, _loop) = (self, log, peers, loop);
        peers.Serve(RequestKind, AnswerAsync);
    }

    /// <summary>Answers within <see cref="ControlProtocol.CommandPatience"/> and a little.</summary>
    /// <param name="actor">Who asked: <c>operator:NAME</c>.</param>
    /// <returns>Null: nobody leads.</returns>
    public async Task<CommandAnswer?> RunAsync(string actor, ControlRequest request, CancellationToken cancellationToken)
    {
        var (command, whyNot) = OperatorCommands.Read(actor, request);
        if (command is null) return new CommandAnswer(CommandOutcome.Refused, 0, whyNot);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(ControlProtocol.CommandPatience);
        var wasSent = false;
        try
        {
            while (true)
            {
                if (_log.Leadership.Leader is { } leader)
                {
                    wasSent = true;
                    var answer = await SendAsync(leader, actor, request, command, patience.Token);
                    if (answer.Outcome == CommandOutcome.Unknown) return await FindOutAsync(command, answer, cancellationToken);
                    if (answer.Outcome != CommandOutcome.NotLeading) return answer;
                    wasSent = false;
                }
                await Task.Delay(RetryPause, patience.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return wasSent ? await FindOutAsync(command, Unknown("the leader did not answer in time"), cancellationToken) : null;
        }
    }

    private async Task<CommandAnswer> SendAsync(
        string leader, string actor, ControlRequest request, Command command, CancellationToken cancellationToken)
    {
        if (leader == _self) return await _loop.SubmitAsync(actor, command, cancellationToken);
        var body = JsonSerializer.SerializeToUtf8Bytes(new ForwardedCommand(actor, request), ControlJson.Default.ForwardedCommand);
        try
        {
            var answer = await _peers.AskAsync(leader, RequestKind, body, cancellationToken);
            return JsonSerializer.Deserialize(answer.Span, ControlJson.Default.CommandAnswer) ?? Unknown($"{leader} gave an empty answer");
        }
        catch (PeerUnreachableException e) when (!e.MayHaveArrived)
        {
            return new CommandAnswer(CommandOutcome.NotLeading, 0, [e.Message]);
        }
        catch (PeerUnreachableException e)
        {
            return Unknown(e.Message);
        }
        catch (JsonException)
        {
            return Unknown($"{leader} gave an answer that this release cannot read");
        }
    }

    /// <summary>Another node asks this one as the leader.</summary>
    private async ValueTask<ReadOnlyMemory<byte>> AnswerAsync(PeerRequest asked, CancellationToken cancellationToken)
    {
        CommandAnswer answer;
        try
        {
            var forwarded = JsonSerializer.Deserialize(asked.Body.Span, ControlJson.Default.ForwardedCommand);
            var (command, whyNot) = forwarded is null ? (null, ["an empty command"]) : OperatorCommands.Read(forwarded.Actor, forwarded.Request);
            answer = command is null
                ? new CommandAnswer(CommandOutcome.Refused, 0, whyNot)
                : await _loop.SubmitAsync(forwarded!.Actor, command, cancellationToken);
        }
        catch (JsonException e)
        {
            answer = new CommandAnswer(CommandOutcome.Refused, 0, [$"{asked.From} sent a command that this release cannot read: {e.Message}"]);
        }
        return JsonSerializer.SerializeToUtf8Bytes(answer, ControlJson.Default.CommandAnswer);
    }

    /// <summary>Reads everything that is committed now, and looks whether it is there. What is not may still come: then unknown is what it is.</summary>
    private async Task<CommandAnswer> FindOutAsync(Command command, CommandAnswer unknown, CancellationToken cancellationToken)
    {
        if (command is not Configure configure) return unknown;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(ControlProtocol.CommandPatience / 2);
        try
        {
            await _log.ReadBarrierAsync(patience.Token);
            var state = await _loop.AskAsync((core, _) => core.State).WaitAsync(patience.Token);
            if (state.DefinitionText == configure.Definition && state.ConfigurationFile == configure.File)
                return new CommandAnswer(CommandOutcome.Committed, state.ConfiguredAt.Value, [$"found in the log ({unknown.Lines[0]})"]);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return unknown;
        }
        return unknown;
    }

    private static CommandAnswer Unknown(string why) => new(CommandOutcome.Unknown, 0, [why]);
}
