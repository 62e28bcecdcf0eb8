using Tessera.Gguf;

namespace Tessera.Host.Tests.Gguf;

public sealed class GgufModelFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tessera-split-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void One_file_is_a_model()
    {
        string path = Write("model.gguf", null, null, null, "a", "b");

        using GgufModelFile model = GgufModelFile.Open(path);

        Assert.Equal((path, 1, 2), (model.Name, model.Parts.Count, model.Tensors.Count));
        Assert.Equal(new FileInfo(path).Length, model.Length);
    }

    [Fact]
    public void The_parts_of_a_split_model_are_found_beside_the_first()
    {
        string first = Part(1, 3, 0, 3, 4, "a", "b");
        Part(2, 3, 1, 3, null);
        Part(3, 3, 2, 3, null, "c", "d");

        using GgufModelFile model = GgufModelFile.Open(first);

        Assert.Equal(3, model.Parts.Count);
        Assert.Equal(["a", "b", "c", "d"], model.Tensors.Keys);
        Assert.Equal(["a", "b", "c", "d"], model.Tensors.Select(t => t.Key));
        Assert.Equal("model-00003-of-00003.gguf", Path.GetFileName(model.Tensors["d"].File.Name));
        Assert.True(model.Tensors.ContainsKey("a"));
        Assert.False(model.Tensors.TryGetValue("e", out _));
        Assert.Throws<KeyNotFoundException>(() => model.Tensors["e"]);
        Assert.Equal(model.Parts.Sum(p => p.Length), model.Length);
    }

    [Fact]
    public void A_model_of_one_part_opens() => GgufModelFile.Open(Part(1, 1, 0, 1, 1, "a")).Dispose();

    [Fact]
    public void A_model_of_no_parts_is_one_file() => GgufModelFile.Open(Part(1, 1, 0, 0, 1, "a")).Dispose();

    [Theory]
    [InlineData(-3)]
    [InlineData(int.MinValue)]
    public void A_count_below_zero_is_refused(int count) =>
        Refuses(Part(1, 1, 0, count, 1, "a"), "model-00001-of-00001.gguf", "split.count", $"{count} is no number of parts");

    [Fact]
    public void A_count_of_the_wrong_type_is_refused()
    {
        var writer = new GgufWriter();
        writer.Set("split.count", "two");
        string path = Save("model.gguf", writer);

        Refuses(path, "model.gguf", "split.count", "expected an integer, found String");
    }

    [Fact]
    public void A_missing_part_is_named()
    {
        string first = Part(1, 3, 0, 3, 2, "a");
        Part(2, 3, 1, 3, null, "b");

        GgufException e = Assert.Throws<GgufException>(() => GgufModelFile.Open(first));

        Assert.Equal(Path.Combine(_folder.FullName, "model-00003-of-00003.gguf"), e.File);
        Assert.Contains($"part 3 of 3 of the model {first} is missing", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_count_without_end_stops_at_the_first_missing_part()
    {
        GgufException e = Assert.Throws<GgufException>(() => GgufModelFile.Open(Part(1, 3, 0, int.MaxValue, 2, "a")));

        Assert.EndsWith("model-00002-of-2147483647.gguf", e.File, StringComparison.Ordinal);
    }

    [Fact]
    public void A_later_part_is_refused_with_a_hint()
    {
        Part(1, 2, 0, 2, 2, "a");

        Refuses(Part(2, 2, 1, 2, null, "b"), "model-00002-of-00002.gguf", "split.no", "part 2 of 2, not part 1 of 2; name the first part");
    }

    [Fact]
    public void Parts_in_the_wrong_order_are_refused()
    {
        string first = Part(1, 3, 0, 3, 3, "a");
        Part(2, 3, 2, 3, null, "c");
        Part(3, 3, 1, 3, null, "b");

        Refuses(first, "model-00002-of-00003.gguf", "split.no", "part 3 of 3, not part 2 of 3");
    }

    [Fact]
    public void Two_times_the_first_part_are_refused()
    {
        string first = Part(1, 2, 0, 2, 2, "a");
        File.Copy(first, Path.Combine(_folder.FullName, "model-00002-of-00002.gguf"));

        Refuses(first, "model-00002-of-00002.gguf", "split.no", "part 1 of 2, not part 2 of 2");
    }

    [Fact]
    public void A_part_of_another_split_is_refused()
    {
        string first = Part(1, 2, 0, 2, 2, "a");
        Part(2, 2, 1, 5, null, "b");

        Refuses(first, "model-00002-of-00002.gguf", "split.count", "the file says 5 parts, the first part says 2");
    }

    [Fact]
    public void A_part_that_says_nothing_about_the_split_is_refused()
    {
        string first = Part(1, 2, 0, 2, 2, "a");
        Part(2, 2, null, null, null, "b");

        Refuses(first, "model-00002-of-00002.gguf", "split.no", "required, but the file does not have it");
    }

    [Fact]
    public void A_later_part_needs_its_number_alone()
    {
        string first = Part(1, 2, 0, 2, 2, "a");
        Part(2, 2, 1, null, null, "b");

        using GgufModelFile model = GgufModelFile.Open(first);

        Assert.Equal(["a", "b"], model.Tensors.Keys);
    }

    [Fact]
    public void A_tensor_in_two_parts_is_refused()
    {
        string first = Part(1, 2, 0, 2, 4, "a", "b");
        Part(2, 2, 1, 2, null, "c", "b");

        GgufException e = Assert.Throws<GgufException>(() => GgufModelFile.Open(first));

        Assert.Equal(("tensor 'b'", "model-00002-of-00002.gguf"), (e.Place, Path.GetFileName(e.File)));
        Assert.Contains($"the name appears in {first}, too", e.Message, StringComparison.Ordinal);
        Assert.True(e.Offset > 0);
    }

    [Fact]
    public void A_tensor_count_that_the_parts_do_not_hold_is_refused()
    {
        string first = Part(1, 2, 0, 2, 5, "a", "b");
        Part(2, 2, 1, 2, null, "c");

        Refuses(first, "model-00001-of-00002.gguf", "split.tensors.count", "says 5 tensors, the 2 parts hold 3");
    }

    [Fact]
    public void A_first_part_by_another_name_is_refused() =>
        Refuses(Write("renamed.gguf", 0, 2, 2, "a"), "renamed.gguf", "split.count", "the file's name does not end in -00001-of-00002.gguf");

    [Fact]
    public void A_damaged_part_is_named_and_all_files_are_let_go()
    {
        string first = Part(1, 2, 0, 2, 2, "a");
        string second = Part(2, 2, 1, 2, null, "b");
        File.WriteAllBytes(second, File.ReadAllBytes(second)[..20]);

        Assert.Equal(second, Assert.Throws<GgufException>(() => GgufModelFile.Open(first)).File);
        using FileStream stream = new(first, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
    }

    private string Part(int nameNumber, int nameCount, int? number, int? count, int? tensorCount, params string[] tensors) =>
        Write($"model-{nameNumber:D5}-of-{nameCount:D5}.gguf", number, count, tensorCount, tensors);

    private string Write(string name, int? number, int? count, int? tensorCount, params string[] tensors)
    {
        var writer = new GgufWriter();
        if (number is int no)
        {
            writer.Set("split.no", (ushort)no);
        }

        if (count is int total)
        {
            writer.Set("split.count", total);
        }

        if (tensorCount is int all)
        {
            writer.Set("split.tensors.count", all);
        }

        foreach (string tensor in tensors)
        {
            writer.AddTensor(tensor, GgmlType.F32, [2], GgufTestFiles.Bytes(8));
        }

        return Save(name, writer);
    }

    private string Save(string name, GgufWriter writer)
    {
        string path = Path.Combine(_folder.FullName, name);
        File.WriteAllBytes(path, writer.ToArray());
        return path;
    }

    private static void Refuses(string path, string file, string key, string problem)
    {
        GgufException e = Assert.Throws<GgufException>(() => GgufModelFile.Open(path));
        Assert.Equal((file, $"key '{key}'"), (Path.GetFileName(e.File), e.Place));
        Assert.Contains(problem, e.Message, StringComparison.Ordinal);
    }
}
