using Drcm.StateMachine.Decisions;

namespace Drcm.StateMachine.Nodes;

/// <content>Operators' commands, on the leader: decided one at a time, answered when their fate is known.</content>
public sealed partial class NodeCore
{
    /// <summary>A command decided on a state that was overtaken is decided again, so often.</summary>
    private const int CommandTriesMax = 5;

    /// <summary>The number of commands that nobody asked: this node's own, answered by a note.</summary>
    private const long OwnCommand = 0;

    private readonly LinkedList<WaitingCommand> _commands = new();

    /// <summary>The one whose proposal is under way.</summary>
    private (WaitingCommand Command, string Text)? _proposed;

    private sealed record WaitingCommand(long Id, string Actor, Command Command, int Tries);

    /// <summary>An operator's command. Ends with <see cref="INodeEffects.Answer"/>.</summary>
    public void Submit(TimeSpan now, long id, string actor, Command command)
    {
        if (!IsLeading) Answer(id, CommandOutcome.NotLeading, LogIndex.None, "this node does not lead");
        else if (_commands.Count >= Limits.PendingCommandsMax)
            Answer(id, CommandOutcome.Refused, LogIndex.None, $"{Limits.PendingCommandsMax} commands are waiting already; try again");
        else _commands.AddLast(new WaitingCommand(id, actor, command, 1));
        _isViewDirty = true;
        Settle(now);
    }

    /// <summary>True: its proposal is under way.</summary>
    private bool TakeCommand(TimeSpan now)
    {
        // The answer to a proposal may be lost; by now it is decided anew, and what it was for stays open.
        EndCommand(ProposalFate.Unknown, LogIndex.None);
        while (_commands.First is { } next)
        {
            _commands.RemoveFirst();
            var decision = _options.DecisionRules.Decide(State, Informed(now, next.Value));
            if (decision.Events.IsEmpty)
            {
                var why = decision.Refusals.IsEmpty ? "there is nothing to change" : string.Join('\n', decision.Refusals);
                Answer(next.Value.Id, CommandOutcome.Refused, LogIndex.None, why);
                continue;
            }
            _proposed = (next.Value, string.Join('\n', decision.Notes));
            Propose(now, decision, next.Value.Actor);
            return true;
        }
        return false;
    }

    private void EndCommand(ProposalFate fate, LogIndex index)
    {
        if (_proposed is not var (command, text)) return;
        _proposed = null;
        if (fate == ProposalFate.Committed) Answer(command.Id, CommandOutcome.Committed, index, text);
        else if (fate == ProposalFate.Unknown)
            Answer(command.Id, CommandOutcome.Unknown, LogIndex.None, "the leader could not learn whether it was committed");
        else if (command.Tries < CommandTriesMax && IsLeading) _commands.AddFirst(command with { Tries = command.Tries + 1 });
        else if (IsLeading) Answer(command.Id, CommandOutcome.Refused, LogIndex.None, "the log did not take it; try again");
        else Answer(command.Id, CommandOutcome.NotLeading, LogIndex.None, "this node no longer leads");
    }

    private void Answer(long id, CommandOutcome outcome, LogIndex index, string text)
    {
        if (id != OwnCommand) _effects.Answer(id, outcome, index, text);
        else if (outcome != CommandOutcome.Committed) _effects.Note(text);
    }

    private void TurnAwayCommands()
    {
        EndCommand(ProposalFate.Unknown, LogIndex.None);
        foreach (var command in _commands) Answer(command.Id, CommandOutcome.NotLeading, LogIndex.None, "this node no longer leads");
        _commands.Clear();
    }
}
