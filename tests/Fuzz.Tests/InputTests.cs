using Tessera.Fuzz.Harness;
using Tessera.Fuzz.Mutation;
using Tessera.Fuzz.Targets;

namespace Tessera.Fuzz.Tests;

public class InputTests
{
    private static FuzzTarget Package { get; } = AllTargets.Find("package");

    private static FuzzTarget Model { get; } = AllTargets.Find("parse");

    [Fact]
    public void An_input_depends_on_target_seed_and_number_alone()
    {
        FuzzInput[] first = [.. Enumerable.Range(0, 200).Select(i => new InputMaker(Model, 3).Make(i))];
        var again = new InputMaker(Model, 3);

        Assert.All(first.Index().Reverse(), input => Assert.Equal(input.Item.File, again.Make(input.Index).File));
        Assert.NotEqual(first[100].File, new InputMaker(Model, 4).Make(100).File);
    }

    [Fact]
    public void A_step_that_is_left_out_changes_nothing_of_the_others()
    {
        var inputs = new InputMaker(Model, 3);
        FuzzInput several = inputs.Make(Enumerable.Range(10, 100).First(i => inputs.Make(i).Changes.Count == 3));
        int index = Enumerable.Range(10, 100).First(i => inputs.Make(i).Changes.Count == 3);

        Assert.Equal(several.Changes[0], inputs.Make(index, without: 0b1100).Changes[0]);
        Assert.Equal(2, inputs.Make(index, without: 0b0100).Changes.Count);
    }

    [Fact]
    public void A_model_that_is_taken_apart_is_the_same_when_it_is_put_together() =>
        Assert.All(Model.Corpus, file => Assert.Equal(file, GgufDocument.Read(file)!.Write()));

    [Fact]
    public void An_archive_that_is_taken_apart_holds_the_same_when_it_is_put_together()
    {
        ZipDocument whole = ZipDocument.Read(Package.Corpus[0])!;
        ZipDocument again = ZipDocument.Read(whole.Write())!;

        Assert.Equal(Contents(whole), Contents(again));
    }

    private static IEnumerable<(string Name, string Content)> Contents(ZipDocument document) =>
        document.Entries.Select(entry => (entry.Name, Convert.ToHexString(entry.Content)));
}
