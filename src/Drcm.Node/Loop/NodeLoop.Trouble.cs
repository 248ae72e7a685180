using Drcm.StateMachine.Reconciliation;

namespace Drcm.Node.Loop;

/// <content>Disks that cannot be written: said, tried again, never the end of the loop.</content>
internal sealed partial class NodeLoop
{
    /// <summary>Between two tries to write a run table that could not be written.</summary>
    private static readonly TimeSpan TablePause = TimeSpan.FromSeconds(1);

    private RunTable? _unsavedTable;
    private TimeSpan _tableTriedAt;
    private string _tableTrouble = "";
    private string _promiseTrouble = "";

    private void SaveRunTable(RunTable table)
    {
        _tableTriedAt = Clock.MonotonicClock.Now;
        try
        {
            _parts.RunTable.Write(table);
            _unsavedTable = null;
            _tableTrouble = "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (_unsavedTable is null) LogRunTableFailed(e.Message);
            _unsavedTable = table;
            _tableTrouble = $"its run directory cannot be written: {e.Message}";
        }
    }

    private void LookForTrouble()
    {
        if (_unsavedTable is { } table && Clock.MonotonicClock.Now - _tableTriedAt >= TablePause) SaveRunTable(table);
        var log = _parts.LogTrouble() is { Length: > 0 } why ? $"its log cannot be written: {why}" : "";
        var what = _tableTrouble.Length > 0 ? _tableTrouble : _promiseTrouble.Length > 0 ? _promiseTrouble : log;
        Step(now => _core.Trouble(now, what));
    }
}
